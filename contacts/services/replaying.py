"""Erases again whom a backup brought back, by what the ledger outside the database knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from contacts.models import Erasure, ErasureReplay
from contacts.services import erasure_ledger, suppression
from contacts.services.erase import drop
from contacts.words import STRENGTH
from kernel import changes
from kernel.locks import by_lane

# Of one lane, in one transaction.
AT_ONCE = 200
KEEP = """
DROP TABLE IF EXISTS pg_temp.gone;
CREATE TEMP TABLE gone (word text, at timestamptz) ON COMMIT DROP;
INSERT INTO gone SELECT * FROM unnest(%s::text[], %s::timestamptz[]);
CREATE INDEX ON gone (word);
ANALYZE gone"""
# Whoever came after their erasure came anew. A number alone is not enough for that either: after
# a backup numbers are given again.
BACK = """
SELECT DISTINCT c.id FROM contact c CROSS JOIN unnest(%s::bytea[]) AS p(pepper)
CROSS JOIN LATERAL (VALUES ('contact:' || c.id), ('email:' || c.email_key)) AS known(word)
JOIN gone ON gone.word = encode(sha256(p.pepper || convert_to(known.word, 'UTF8')), 'hex')
WHERE c.created_at <= gone.at ORDER BY 1"""
CLOSE = """
INSERT INTO suppression AS x (channel, kind, value, reason, comment, since)
SELECT DISTINCT ON (channel, value) channel, 'hash', value, reason, '', %s
FROM unnest(%s::text[], %s::text[], %s::text[]) AS kept(channel, value, reason)
ORDER BY channel, value, array_position(%s::text[], reason)
ON CONFLICT (channel, kind, value) DO NOTHING"""


@dataclass(frozen=True)
class Replay:
    """What the ledger told, and what came of it."""

    entries: int
    # People who are there again although they were erased.
    back: int
    # Addresses that were to stay closed and were not on the list.
    closed: int


def ahead() -> bool:
    """Say whether the ledger knows of erasures that happened after what the database knows."""
    last = erasure_ledger.last()
    if last is None:
        return False
    known = Erasure.objects.aggregate(at=Max("at"))["at"]
    replayed = ErasureReplay.objects.aggregate(at=Max("until"))["at"]
    return all(at is None or at < last for at in (known, replayed))


def replay(now: datetime, *, dry: bool = False) -> Replay:
    """Erase again whoever is back, and close what was to stay closed."""
    known = list(erasure_ledger.entries())
    back = _back(known)
    if dry or not known:
        return Replay(len(known), len(back), 0)
    for lane in by_lane(back):
        for at in range(0, len(lane), AT_ONCE):
            drop(lane[at : at + AT_ONCE], now)
    with transaction.atomic():
        closed = _close(known, now)
        until = max(entry.at for entry in known)
        ErasureReplay.objects.create(at=now, until=until, erased=len(back), closed=closed)
    return Replay(len(known), len(back), closed)


@transaction.atomic
def _back(known: Sequence[erasure_ledger.Entry]) -> list[int]:
    pairs = [(key, entry.at) for entry in known for key in entry.keys]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [[key for key, _at in pairs], [at for _key, at in pairs]])
        cursor.execute(BACK, [erasure_ledger.peppers()])
        return [row[0] for row in cursor.fetchall()]


def _close(known: Sequence[erasure_ledger.Entry], now: datetime) -> int:
    kept = [one for entry in known for one in entry.closed if len(one) == 3]
    if not kept:
        return 0
    channels, values, reasons = (list(column) for column in zip(*kept, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [now, channels, values, reasons, list(STRENGTH)])
        closed: int = cursor.rowcount
    if closed:
        changes.announce_everyone([suppression.READ])
    return closed
