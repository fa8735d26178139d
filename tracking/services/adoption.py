"""Hands over to a contact what they did before they were known: moved, so it happens once."""

from datetime import datetime

import orjson
from django.db import connection, transaction

from kernel.events import Fact
from tracking.services.hits import record, willing_ones

VISITORS = 100
EVENTS = 5_000

TAKE = """
SELECT v.id, v.contact_id FROM visitor v JOIN contact c ON c.id = v.contact_id
WHERE v.adopt ORDER BY v.id LIMIT %s FOR UPDATE OF v SKIP LOCKED"""
# What is deleted here is recorded in the same transaction, or stays.
MOVE = """
WITH moved AS (
  DELETE FROM visitor_event WHERE id IN (
    SELECT id FROM visitor_event WHERE visitor_id = ANY(%s) ORDER BY visitor_id, id LIMIT %s)
  RETURNING id, visitor_id, type_id, occurred_at, verdict, data)
SELECT m.visitor_id, t.key, m.occurred_at, m.verdict, m.data::text
FROM moved m JOIN event_type t ON t.id = m.type_id ORDER BY m.occurred_at, m.id"""
DONE = """
UPDATE visitor v SET adopt = false, kept = 0 WHERE id = ANY(%s)
AND NOT EXISTS (SELECT 1 FROM visitor_event e WHERE e.visitor_id = v.id)"""


def due() -> bool:
    """Say whether somebody became known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM visitor v JOIN contact c ON c.id = v.contact_id"
            " WHERE v.adopt)"
        )
        return bool(cursor.fetchone()[0])


@transaction.atomic
def adopt(now: datetime) -> bool:
    """Move one slice; say whether there was one. Who refuses to be measured has no past either."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [VISITORS])
        contacts: dict[int, int] = dict(cursor.fetchall())
        if not contacts:
            return False
        cursor.execute(MOVE, [list(contacts), EVENTS])
        moved = cursor.fetchall()
        cursor.execute(DONE, [list(contacts)])
    willing = willing_ones(contacts.values())
    facts: dict[str, list[Fact]] = {}
    for visitor, key, at, verdict, document in moved:
        if contacts[visitor] in willing:
            fact = Fact(contacts[visitor], at, data=orjson.loads(document), verdict=verdict)
            facts.setdefault(key, []).append(fact)
    record(facts, now)
    return True
