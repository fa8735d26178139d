"""Counts the people behind tags, stages and topics: those a reader may see, for a page at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from kernel.filters.questions import within_time
from kernel.permissions import NOBODY, Actor, whose
from kernel.rough import rough

# Exactly up to so many of each, so that a list costs the same whatever the workspace holds.
COUNTED_EXACTLY = 10_000
PATIENCE_MS = 1_500
FEW = """
SELECT each.id, counted.number FROM unnest(%(ids)s::bigint[]) each(id), LATERAL (
  SELECT count(*) AS number FROM (
    SELECT 1 FROM {table} n WHERE n.{column} = each.id AND {where} LIMIT %(most)s) few) counted"""
OWN = """
SELECT n.{column}, count(*) FROM contact c JOIN {table} n ON n.contact_id = c.id
WHERE c.owner_id = %(owner)s AND n.{column} = ANY(%(ids)s::bigint[]) AND {where} GROUP BY 1"""
BELIEVED = "EXPLAIN (FORMAT JSON) SELECT 1 FROM {table} n WHERE n.{column} = %(id)s AND {where}"


@dataclass(frozen=True)
class Naming:
    """Rows that name contacts and what these are filed under; `column` begins an index."""

    table: str
    column: str
    where: str = "true"

    def written(self, statement: str) -> str:
        """Put the names into a statement."""
        return statement.format(table=self.table, column=self.column, where=self.where)


TAGGED = Naming("contact_tag", "tag_id")
STAGED = Naming("contact_state", "stage_id")
AGREED = Naming("consent", "topic_id", "n.state = 'granted' AND n.topic_id > 0")


class _TooSlow(Exception):  # noqa: N818 - an answer
    """Counting takes longer than a person waits."""


def attach(rows: Sequence[Any], naming: Naming, user: Actor | None = None) -> None:
    """Give rows the number of contacts a user sees as `people`; without one, rows tell `seen_of`.

    None where nobody may be seen, or where counting takes too long.
    """
    if not rows:
        return
    owner = rows[0].seen_of if user is None else whose(user, "contacts")
    found = people(naming, [row.pk for row in rows], owner)
    for row in rows:
        row.people = found.get(row.pk)


def people(naming: Naming, ids: Sequence[int], owner: int | None) -> dict[int, int]:
    """Count the contacts filed under each; of many, what the planner believes."""
    if owner == NOBODY:
        return {}
    try:
        with within_time(_TooSlow, PATIENCE_MS):
            return _all(naming, ids) if owner is None else _own(naming, ids, owner)
    except _TooSlow:
        return {}


def _all(naming: Naming, ids: Sequence[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"ids": list(ids), "most": COUNTED_EXACTLY + 1}
        cursor.execute(naming.written(FEW), values)
        counted = dict(cursor.fetchall())
        for number, count in counted.items():
            if count > COUNTED_EXACTLY:
                cursor.execute(naming.written(BELIEVED), {"id": number})
                believed = max(count, _believed(cursor.fetchone()[0]))
                counted[number] = rough(believed, COUNTED_EXACTLY)
    return counted


def _believed(plan: Any) -> int:
    read = json.loads(plan) if isinstance(plan, str) else plan
    return int(read[0]["Plan"]["Plan Rows"])


def _own(naming: Naming, ids: Sequence[int], owner: int) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(naming.written(OWN), {"ids": list(ids), "owner": owner})
        return dict.fromkeys(ids, 0) | dict(cursor.fetchall())
