"""Advice to whoever writes a filter: which field deserves an index."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from contacts.models import Field
from contacts.services.fields.store import MOST_INDEXED
from kernel.filters import compiler
from kernel.filters.contract import Mode
from kernel.filters.tree import Leaf, Node, read

INDEX = "index"
# With fewer contacts a scan is quick enough; of a larger part of them an index helps nobody.
LEAST_CONTACTS, LARGEST_SHARE = 10_000, 0.05
MOST_ASKED = 5
TOTAL = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'contact'::regclass"


@dataclass(frozen=True)
class Advice:
    """What would make a filter quicker, and where in it."""

    place: str
    code: str
    # The custom field that deserves an index.
    field: str
    message: str


def advise(tree: Any, now: datetime) -> list[Advice]:
    """Look at the conditions everybody must meet: what few meet is quicker found by an index."""
    asked = [
        (leaf, field) for leaf in _narrowing(read(tree)) if (field := leaf.condition.unindexed())
    ]
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(TOTAL)
        total = cursor.fetchone()[0]
    if total < LEAST_CONTACTS:
        return []
    fields = {row.pk: row for row in Field.objects.filter(pk__in=[pk for _leaf, pk in asked])}
    return [
        Advice(leaf.path, INDEX, str(pk), _words(fields[pk]))
        for leaf, pk in asked[:MOST_ASKED]
        if pk in fields and _rows(leaf, now) < total * LARGEST_SHARE
    ]


def _narrowing(node: Node) -> Iterator[Leaf]:
    """Walk the conditions of which an index alone could narrow the whole filter."""
    if isinstance(node, Leaf):
        yield node
    elif node.kind == "all":
        for part in node.parts:
            yield from _narrowing(part)


def _rows(leaf: Leaf, now: datetime) -> int:
    """Ask the planner, who knows the statistics of every custom field."""
    sql = compiler.fragment(leaf, Mode.SET)
    found = compiler.predicate(sql, set(), lambda: compiler.present(now))
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (FORMAT JSON) SELECT 1 FROM contact c {found.joins} WHERE {found.sql}",  # noqa: S608
            found.params,
        )
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])


def _words(field: Field) -> str:
    used = Field.objects.filter(indexed=True).count()
    values = {"field": field.label, "used": used, "most": MOST_INDEXED}
    if used >= MOST_INDEXED:
        return _("An index on “%(field)s” would help, but all %(most)s are used.") % values
    return (
        _("An index on “%(field)s” would make this quicker; %(used)s of %(most)s are used.")
        % values
    )
