"""What grows old about people: those of whom nothing is heard, and addresses in proofs."""

from datetime import datetime
from typing import Any

from django.db import connection

from contacts.services.erase import drop, hold
from kernel.locks import by_lane
from kernel.origins import SHORTENED
from kernel.withholding import RESTRICTED

SLICE = 1_000
# Forgotten at once: of one lane, so that nobody's reactions wait for more.
AT_ONCE = 200
ADDRESSES = 10_000
# Nothing was heard of them, nobody wrote to their page, and they said nothing. Whoever is
# restricted is kept, however old.
INACTIVE = f"""
FROM contact c LEFT JOIN contact_state s ON s.contact_id = c.id
WHERE coalesce(s.last_active_at, c.created_at) < %(before)s
  AND c.created_at < %(before)s AND c.updated_at < %(before)s
  AND c.withheld IS DISTINCT FROM {RESTRICTED}
  AND NOT EXISTS (SELECT 1 FROM consent k WHERE k.contact_id = c.id AND k.at >= %(before)s)"""  # noqa: S608 - constants
LONG = f"""
FROM consent_record
WHERE ip IS NOT NULL AND at < %(before)s AND ip <> {SHORTENED.format(ip="ip")}"""
SHORTEN = f"""
SET LOCAL relais.forgetting = 'on';
WITH old AS (SELECT id {LONG} LIMIT %(slice)s),
shortened AS (
  UPDATE consent_record r SET ip = {SHORTENED.format(ip="r.ip")} FROM old
  WHERE r.id = old.id RETURNING 1)
SELECT count(*) FROM shortened"""  # noqa: S608 - constants


def count_inactive(before: datetime) -> int:
    """Count the people of whom nothing was heard since then."""
    return _number(f"SELECT count(*) {INACTIVE}", before=before)


def forget_inactive(before: datetime, now: datetime) -> int:
    """Erase some of them; who becomes active at this moment stays."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"before": before, "slice": SLICE}
        cursor.execute(f"SELECT c.id {INACTIVE} ORDER BY c.id LIMIT %(slice)s", values)
        found = [row[0] for row in cursor.fetchall()]
    if not found:
        return 0
    part = max(by_lane(found), key=len)[:AT_ONCE]
    known = hold(part)
    with connection.cursor() as cursor:
        # Judged once locked.
        asked: dict[str, Any] = {"before": before, "those": known}
        cursor.execute(f"SELECT c.id {INACTIVE} AND c.id = ANY(%(those)s)", asked)
        gone = [row[0] for row in cursor.fetchall()]
    # Nobody is passed over for ever: who stays is no longer inactive, and not found again.
    return len(drop(gone, now)) or len(part)


def count_addresses(before: datetime) -> int:
    """Count the proofs with a whole address."""
    return _number(f"SELECT count(*) {LONG}", before=before)


def shorten_addresses(before: datetime, now: datetime) -> int:
    """Shorten some of them."""
    gone = _number(SHORTEN, before=before, slice=ADDRESSES)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL relais.forgetting = 'off'")
    return gone


def _number(statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
