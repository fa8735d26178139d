"""Claims what is due: which connections may be called now, and which of their pushes are next.

A connection has at most `SHARE` calls under way, however many workers there are: who claims holds
its lock for that moment, and counts the leases of others.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from integrations.services.asking import IS_OPEN
from integrations.services.noting import Held
from kernel.connectors import connectors
from kernel.locks import PUSH_LOCK, try_lock

LEASE = timedelta(minutes=2)
HANDS = 16
SHARE = 4
# Of one call: what else is claimed with it waits as long as it does.
MOST_TOGETHER = 200
# Whose last calls failed, or were asked to come later, is called with one alone.
READY = """
c.active AND c.deleted_at IS NULL AND (c.paused_until IS NULL OR c.paused_until <= %(now)s)"""
ROOM = f"CASE WHEN c.failures + c.deferrals > 0 THEN 1 ELSE {SHARE} END"
DUE = f"""
p.{IS_OPEN} AND p.due_at <= %(now)s AND (p.lease_until IS NULL OR p.lease_until <= %(now)s)
AND NOT EXISTS (SELECT 1 FROM integration_push o
                WHERE o.connection_id = p.connection_id AND o.contact_id = p.contact_id
                  AND o.id <> p.id AND o.lease_until > %(now)s)"""  # noqa: S608 - constants
HELD = """
SELECT count(DISTINCT h.call) AS calls FROM integration_push h
WHERE h.connection_id = c.id AND h.lease_until > %(now)s"""
# Those with least under way first, and by lot among them: else the first ones, as soon as they have
# a hand free, would keep the last ones out for as long as they have anything due.
CONNECTIONS = f"""
SELECT c.id FROM integration_connection c
CROSS JOIN LATERAL ({HELD}) held
CROSS JOIN LATERAL (SELECT 1 FROM integration_push p WHERE p.connection_id = c.id AND {DUE}
                    ORDER BY p.due_at LIMIT 1) due
WHERE {READY} AND held.calls < {ROOM} ORDER BY held.calls, random() LIMIT %(most)s"""  # noqa: S608
OF_ONE = f"""
SELECT c.connector, least({ROOM} - held.calls, %(room)s) FROM integration_connection c
CROSS JOIN LATERAL ({HELD}) held WHERE c.id = %(connection)s AND {READY}"""  # noqa: S608 - constants
CLAIM = f"""
WITH due AS (
  SELECT p.id, p.due_at FROM integration_push p
  WHERE p.connection_id = %(connection)s AND {DUE}
  ORDER BY p.due_at, p.id LIMIT %(most)s FOR UPDATE OF p SKIP LOCKED),
placed AS (
  SELECT id, (row_number() OVER (ORDER BY due_at, id) - 1) / %(together)s AS place FROM due),
called AS (SELECT id, first_value(id) OVER (PARTITION BY place ORDER BY id) AS call FROM placed),
known AS (
  SELECT p.id, called.call, c.epoch, l.remote_id, p.making AND p.epoch = c.epoch AS making,
         CASE WHEN p.making AND p.epoch = c.epoch THEN p.began ELSE p.fence + 1 END AS began
  FROM called JOIN integration_push p ON p.id = called.id
  JOIN integration_connection c ON c.id = p.connection_id
  LEFT JOIN integration_link l ON l.connection_id = p.connection_id
    AND l.contact_id = p.contact_id AND l.epoch = c.epoch AND NOT l.former)
UPDATE integration_push p SET lease_until = %(lease)s, fence = p.fence + 1,
  attempts = least(p.attempts, 32766) + 1, making = known.remote_id IS NULL,
  epoch = known.epoch, began = known.began, call = known.call,
  sought = CASE WHEN known.making THEN p.sought ELSE '[]' END
FROM known WHERE p.id = known.id
RETURNING p.id, p.contact_id, p.fence, p.attempts, p.asked,
          known.making AND known.remote_id IS NULL, p.epoch, p.began, p.call,
          coalesce(known.remote_id, ''), p.sought::text"""  # noqa: S608 - constants


def ready(now: datetime, most: int = 1_000) -> list[int]:
    """Return which connections may be called once more, and have something due."""
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS, {"now": now, "most": most})
        return [number for (number,) in cursor.fetchall()]


def claim(room: int, now: datetime) -> dict[int, list[Held]]:
    """Claim for so many calls; return the pushes by connection."""
    found: dict[int, list[Held]] = {}
    for number in ready(now, most=room) if room > 0 else []:
        if room <= 0:
            break
        if held := _of_one(number, room, now):
            found[number] = held
            room -= len({each.call for each in held})
    return found


@transaction.atomic
def _of_one(number: int, room: int, now: datetime) -> list[Held]:
    if not try_lock(PUSH_LOCK, _key(number)):
        return []
    with connection.cursor() as cursor:
        cursor.execute(OF_ONE, {"connection": number, "now": now, "room": room})
        row = cursor.fetchone()
        if row is None or row[1] <= 0:
            return []
        kind = connectors.get(row[0])
        together = min(max(kind.together if kind else 1, 1), MOST_TOGETHER)
        values: dict[str, Any] = {"connection": number, "now": now, "lease": now + LEASE}
        cursor.execute(CLAIM, values | {"most": row[1] * together, "together": together})
        return [Held(*each) for each in cursor.fetchall()]


def _key(number: int) -> int:
    """Fit an id into the lock's number; two that share one claim after each other."""
    return number % 2**31
