"""What people are interested in: their activity on items filed under a category, within a year.

Added up as it is asked for, from the log: what a machine did, or what is corrected later, is never
in it, and an item that is filed elsewhere takes what it earned along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from kernel import clock
from kernel.events import MACHINE, event_types, kind_of, type_id

DAYS = 365
# What counts, and how much: who clicks is more interested than who opens.
WEIGHTS = {"emails.opened": 1, "emails.clicked": 3}
MOST = 10
# By the index of their timeline.
PART = """
SELECT '{kind}'::text AS kind, e.subject_id, {weight} AS weight FROM event e
WHERE e.retention = {retention} AND e.type_id = {type} AND e.occurred_at >= '{since}'
  AND e.verdict IS DISTINCT FROM {machine} AND e.contact_id = {contact:d}"""
OF_CONTACT = """
SELECT f.id, f.name, f.colour, sum(w.weight)::int FROM (
  {parts}) w
JOIN filing g ON g.kind = w.kind AND g.object_id = w.subject_id AND g.is_category
JOIN folder f ON f.id = g.folder_id
GROUP BY f.id ORDER BY 4 DESC, f.name_key, f.id LIMIT {most}"""


@dataclass(frozen=True)
class Interest:
    """How much somebody did with what is filed under a category."""

    category: int
    name: str
    colour: int
    points: int


def of_contact(contact: int) -> list[Interest]:
    """Return what a contact is interested in, the most first."""
    parts = [_part(key, weight, contact) for key, weight in counted()]
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OF_CONTACT.format(parts=" UNION ALL ".join(parts), most=MOST))
        return [Interest(*row) for row in cursor.fetchall()]


def counted() -> Sequence[tuple[str, int]]:
    """Return the activities that there are, with their weights."""
    return [(key, weight) for key, weight in WEIGHTS.items() if key in event_types.keys()]  # noqa: SIM118 - a registry


def _part(key: str, weight: int, contact: int) -> str:
    since = clock.iso(clock.now() - timedelta(days=DAYS))
    return PART.format(
        kind=kind_of(key).subject,
        weight=weight,
        retention=kind_of(key).retention,
        type=type_id(key),
        since=since,
        machine=MACHINE,
        contact=contact,
    )
