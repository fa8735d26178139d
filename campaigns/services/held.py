"""Claiming: rows locked to the end of the transaction are the lease; a killed engine frees them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from campaigns.graph.plan import Node
from campaigns.services.planning import by_index

BATCH = 2_000


class Held(NamedTuple):
    """A live step this transaction holds, with its visit."""

    visit: int
    contact: int
    number: int
    outcome: int | None
    attempts: int
    depth: int
    event_id: int | None
    event_at: datetime | None
    state: int
    # Where the row lies: it cannot move while it is held, and is found there whatever the planner
    # believes about a table that fills and empties all day.
    place: str
    # By which the way began.
    version: int
    # Of decisions only.
    due_at: datetime | None = None
    since: datetime | None = None

    def cause(self, node: Node) -> str:
        """Return the key under which an effect of this step happens once, in whatever edition."""
        return f"step:{self.visit}:{node.origin}:{self.number}"


_COLUMNS = """
SELECT s.visit_id, s.contact_id, s.pass, s.outcome, s.attempts, s.depth, s.event_id, s.event_at,
       s.state, s.ctid::text, v.version_id"""
_TABLES = "FROM step s JOIN visit v ON v.id = s.visit_id"
# Both are locked, or the row is skipped: no branch of the same visit runs beside this one, and
# whoever ends the visit comes before or after, never in between.
_LOCKED = "FOR UPDATE OF s SKIP LOCKED FOR NO KEY UPDATE OF v SKIP LOCKED"
_DUE = f"""{_TABLES}
WHERE s.node_id = %s AND s.state IN (0, 2) AND s.due_at <= %s
ORDER BY s.due_at, s.visit_id LIMIT %s {_LOCKED}"""
DUE = f"{_COLUMNS} {_DUE}"
DECISIONS = f"{_COLUMNS}, s.due_at, s.since {_DUE}"
NEW = f"""{_COLUMNS}, s.due_at, s.since {_TABLES}
WHERE s.node_id = %s AND s.state = 1 ORDER BY s.visit_id LIMIT %s {_LOCKED}"""
_PARKED = """
WHERE s.node_id = %(node)s AND s.state = 3
  AND (%(contacts)s::bigint[] IS NULL OR s.contact_id = ANY(%(contacts)s::bigint[]))
  AND (%(error)s::text IS NULL OR md5(coalesce(s.error, '')) = %(error)s)
  AND (%(owner)s::bigint IS NULL
       OR EXISTS (SELECT 1 FROM contact c WHERE c.id = s.contact_id AND c.owner_id = %(owner)s))
  AND (%(version)s::bigint IS NULL OR EXISTS (
    SELECT 1 FROM visit w WHERE w.id = s.visit_id AND w.version_id = %(version)s))"""
# The newest, by whom a campaign is judged; locked ascending, as all lock them. People wait for
# what the engine holds instead of passing over it.
PARKED = f"""{_COLUMNS} {_TABLES} {_PARKED}
  AND s.visit_id >= (
    SELECT min(n.visit_id) FROM (
      SELECT s.visit_id FROM step s {_PARKED} ORDER BY s.visit_id DESC LIMIT %(most)s) n)
ORDER BY s.visit_id FOR UPDATE OF s FOR NO KEY UPDATE OF v"""  # noqa: S608 - ours
OF_VISIT = f"""{_COLUMNS}, s.due_at, s.since, s.node_id {_TABLES} WHERE s.visit_id = %s
ORDER BY s.due_at NULLS LAST, s.node_id FOR UPDATE OF s"""
# As many parked steps of a node as one request frees.
MOST_PARKED = 10_000


def claim_due(node: int, now: datetime, *, deciding: bool = False) -> list[Held]:
    """Take a node's due steps, those that waited longest first."""
    return _claim(DECISIONS if deciding else DUE, [node, now, BATCH])


def claim_new(node: int) -> list[Held]:
    """Take a node's steps that have just arrived and still register."""
    return _claim(NEW, [node, BATCH])


def claim_parked(
    node: int,
    contacts: Sequence[int] | None,
    owner: int | None,
    error: str | None = None,
    version: int | None = None,
) -> list[Held]:
    """Take the newest of a node's parked steps: of some contacts, of one owner's, or all.

    `error` is the digest of the one they have, `version` the one their ways began in.
    """
    values = {
        "node": node,
        "contacts": None if contacts is None else list(contacts),
        "owner": owner,
        "error": error,
        "version": version,
        "most": MOST_PARKED,
    }
    with by_index(), connection.cursor() as cursor:
        cursor.execute(PARKED, values)
        return [Held(*row) for row in cursor.fetchall()]


def live(visit: int) -> list[tuple[int, Held]]:
    """Take all live steps of one visit, each with its node, those due first in front."""
    with by_index(), connection.cursor() as cursor:
        cursor.execute(OF_VISIT, [visit])
        return [(row[-1], Held(*row[:-1])) for row in cursor.fetchall()]


def _claim(statement: str, parameters: list[Any]) -> list[Held]:
    with by_index(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return _once_a_contact([Held(*row) for row in cursor.fetchall()])


def _once_a_contact(held: Sequence[Held]) -> list[Held]:
    """Keep one step a contact, by contact: a second pass of the same visit has its turn later."""
    first = {step.contact: step for step in reversed(held)}
    return [first[contact] for contact in sorted(first)]
