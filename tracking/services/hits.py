"""Turns hits of the script into events: of contacts at once, of strangers beside their visitor."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from contacts.services.merge import survivors
from kernel import events, preferences
from kernel.documents import dumps
from kernel.events import Fact, type_id
from kernel.models import Event
from kernel.withholding import RESTRICTED
from tracking import terms
from tracking.services import claims, kinds, payloads
from tracking.services.payloads import Deed, Hit
from tracking.services.verdicts import Judgement, note
from tracking.spool import Line

LIKELY = Event.Verdict.LIKELY

# What strangers may leave behind, each and in kinds of events.
MOST_KEPT = 1_000
STRANGERS_SHARE = 0.5

# To the hour: an index that moved at every hit would be a hot spot.
SEEN = """
INSERT INTO visitor (key, first_at, last_at, proof)
SELECT key, min(at), max(at), '' FROM unnest(%s::uuid[], %s::timestamptz[]) h(key, at)
GROUP BY key ORDER BY key
ON CONFLICT (key) DO UPDATE SET last_at = CASE
  WHEN excluded.last_at > visitor.last_at + interval '1 hour' THEN excluded.last_at
  ELSE visitor.last_at END
RETURNING key, id, contact_id, kept"""
KEEP = """
WITH fresh AS (
  INSERT INTO visitor_event (visitor_id, type_id, occurred_at, verdict, data)
  SELECT visitor, type, at, verdict, data::jsonb
  FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[], %s::smallint[], %s::text[])
       WITH ORDINALITY d(visitor, type, at, verdict, data, place) ORDER BY place
  RETURNING visitor_id)
UPDATE visitor v SET kept = v.kept + n.number
FROM (SELECT visitor_id, count(*) number FROM fresh GROUP BY visitor_id) n
WHERE v.id = n.visitor_id"""
# Who refused is not measured, on the site as little as in mails; who is gone neither.
WILLING = f"""
SELECT c.id FROM contact c
LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = 'web_tracking' AND k.topic_id = 0
WHERE c.id = ANY(%s) AND coalesce(k.state, %s) = 'granted'
  AND c.withheld IS DISTINCT FROM {RESTRICTED}"""  # noqa: S608 - constants


class Seen(NamedTuple):
    """A visitor as the database knows them."""

    id: int
    contact: int | None
    kept: int


def take(lines: Sequence[Line], now: datetime) -> None:
    """Record a batch of hits."""
    allowed = terms.read()
    hits = [hit for line in lines if (hit := payloads.read(line, allowed))]
    if not hits:
        return
    seen = _meet(hits)
    willing = willing_ones(visitor.contact for visitor in seen.values() if visitor.contact)
    types = kinds.known({deed.type for hit in hits for deed in hit.deeds}, share=STRANGERS_SHARE)
    of_contacts: dict[str, list[Fact]] = {}
    of_strangers = list[tuple[Seen, Deed, int]]()
    room = {visitor.id: MOST_KEPT - visitor.kept for visitor in seen.values()}
    for hit in hits:
        visitor = seen[hit.visitor]
        for deed in hit.deeds:
            if deed.type not in types:
                continue
            if visitor.contact in willing:
                assert visitor.contact  # noqa: S101 - nobody is not willing
                fact = Fact(visitor.contact, deed.at, data=deed.data, verdict=hit.verdict)
                of_contacts.setdefault(deed.type, []).append(fact)
            elif visitor.contact is None and room[visitor.id] > 0:
                room[visitor.id] -= 1
                of_strangers.append((visitor, deed, hit.verdict))
    record(of_contacts, now)
    _keep(of_strangers)
    claims.lodge([(hit, seen[hit.visitor].id) for hit in hits if hit.token], now)


def record(facts: Mapping[str, Sequence[Fact]], now: datetime) -> None:
    """Record what contacts did, by type, with the reasons of doubts."""
    for key, rows in facts.items():
        numbers = events.record(key, rows, now=now)
        doubts = [
            Judgement(number, int(LIKELY), ["headless"])
            for number, fact in zip(numbers, rows, strict=True)
            if fact.verdict == LIKELY
        ]
        note(doubts, now)


def willing_ones(contacts: Iterable[int]) -> set[int]:
    """Return those who may be measured on sites."""
    wanted = sorted(set(contacts))
    if not wanted:
        return set()
    unasked = "granted" if preferences.get("tracking.measure_unasked") else "refused"
    with connection.cursor() as cursor:
        cursor.execute(WILLING, [wanted, unasked])
        return {row[0] for row in cursor.fetchall()}


def _meet(hits: Sequence[Hit]) -> dict[str, Seen]:
    """Return the visitors, new ones made; their rows stay locked, in the order of keys."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [[hit.visitor for hit in hits], [hit.at for hit in hits]])
        seen = {str(key): Seen(*rest) for key, *rest in cursor.fetchall()}
    # A visitor who became known while that contact was merged leads to the survivor.
    became = survivors(visitor.contact for visitor in seen.values() if visitor.contact)
    return {
        key: visitor._replace(contact=became.get(visitor.contact or 0, visitor.contact))
        for key, visitor in seen.items()
    }


def _keep(deeds: Sequence[tuple[Seen, Deed, int]]) -> None:
    if not deeds:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            [
                [visitor.id for visitor, _deed, _verdict in deeds],
                [type_id(deed.type) for _visitor, deed, _verdict in deeds],
                [deed.at for _visitor, deed, _verdict in deeds],
                [verdict for _visitor, _deed, verdict in deeds],
                [dumps(deed.data) for _visitor, deed, _verdict in deeds],
            ],
        )
