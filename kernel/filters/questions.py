"""What is asked of a filter: who of these, how many, which for example, and why not this one."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from kernel import masking, secrecy
from kernel.filters.compiler import Predicate, compile, predicate, present, reads
from kernel.filters.contract import Mode
from kernel.filters.pieces import joined
from kernel.filters.problems import refuse
from kernel.filters.sentences import is_hidden, of_leaf
from kernel.filters.tree import Leaf, Node, leaves, read
from kernel.rough import rough

# A person waits for these answers; a filter that takes longer is estimated or refused.
PATIENCE_MS = 2_000
# Below this, sub-selects over a million contacts are no longer hashed: measured 20 times slower.
WORK_MEM = "64MB"
LIMITS = "SELECT set_config('statement_timeout', %s, true), set_config('work_mem', %s, true)"


@dataclass(frozen=True)
class Count:
    """How many contacts a filter means; an estimate when counting would take too long."""

    count: int
    exact: bool


def matching(
    tree: Any, contacts: Iterable[int], now: datetime, *, patience: int | None = None
) -> set[int]:
    """Return which of these contacts the filter means.

    Work that nobody waits for says for how many milliseconds it has `patience`; where that is not
    enough, it gets the error of the database instead of an answer to a person.
    """
    found = compile(tree, now=now, mode="batch")
    return chosen(found, contacts, patience=patience)


def chosen(found: Predicate, contacts: Iterable[int], *, patience: int | None = None) -> set[int]:
    """Return which of these contacts a compiled predicate (batch mode) means."""
    statement = (
        f"SELECT c.id FROM contact c {found.joins}"  # noqa: S608 - compiled, values are bound
        f" WHERE c.id = ANY(%s) AND {found.sql}"
    )
    limit = within_time(None, patience) if patience else within_time(too_slow)
    with limit, connection.cursor() as cursor:
        cursor.execute(statement, [sorted(set(contacts)), *found.params])
        return {row[0] for row in cursor.fetchall()}


def count(tree: Any, now: datetime, *, seen: tuple[str, Sequence[Any]] = ("true", ())) -> Count:
    """Count the contacts; `seen` narrows them to those a user may see, as SQL over `c`."""
    found = compile(tree, now=now)
    source = f"FROM contact c {found.joins} WHERE {found.sql} AND ({seen[0]})"
    params = [*found.params, *seen[1]]
    try:
        with within_time(None), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) {source}", params)
            return Count(cursor.fetchone()[0], exact=True)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT 1 {source}", params)
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return Count(rough(int(plan[0]["Plan"]["Plan Rows"])), exact=False)


def sample(tree: Any, now: datetime, size: int = 10) -> list[int]:
    """Return some contacts the filter means, newest first."""
    found = compile(tree, now=now)
    with within_time(too_slow), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id FROM contact c {found.joins} WHERE {found.sql}"  # noqa: S608
            " ORDER BY c.created_at DESC, c.id DESC LIMIT %s",
            [*found.params, size],
        )
        return [row[0] for row in cursor.fetchall()]


def explain(tree: Mapping[str, Any], contact: int, now: datetime) -> dict[str, Any]:
    """Return the tree with `matches` on every group and condition, for one contact.

    It is null for a condition the reader may not see and for groups that hold one, but for the
    filter as a whole: who is meant by it, whoever asks may know; why, they may not.
    """
    node = read(tree)
    every = list(leaves(node))
    parts = [("(", *leaf.condition.predicate(Mode.BATCH), ") IS TRUE") for leaf in every]
    found = predicate(joined(parts, ", "), reads(node), lambda: present(now))
    with within_time(too_slow), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {found.sql} FROM contact c {found.joins} WHERE c.id = %s",  # noqa: S608
            [*found.params, contact],
        )
        row = cursor.fetchone() or [False] * len(every)
    hidden = secrecy.names()
    told = {
        leaf.path: {
            "matches": met,
            "sentence": of_leaf(leaf, hidden),
            "actual": _actual(leaf, contact, now, hidden),
        }
        for leaf, met in zip(every, row, strict=True)
    }
    secret = {leaf.path for leaf in every if is_hidden(leaf, hidden)}
    answer, met, _hidden = _told(masking.masked(tree), node, told, secret)
    return {**answer, "matches": met}


def _actual(leaf: Leaf, contact: int, now: datetime, hidden: frozenset[str]) -> str:
    return "" if is_hidden(leaf, hidden) else leaf.condition.actual(contact, present(now))


def _told(
    value: Mapping[str, Any],
    node: Node,
    truth: Mapping[str, Mapping[str, Any]],
    secret: Collection[str],
) -> tuple[dict[str, Any], bool, bool]:
    """Return a part as it is told, whether it matches, and whether it holds what is hidden."""
    if isinstance(node, Leaf):
        told, hides = truth[node.path], node.path in secret
        matches = bool(told["matches"])
        return {**value, **told, "matches": None if hides else matches}, matches, hides
    pairs = zip(value[node.kind], node.parts, strict=True)
    parts = [_told(*pair, truth, secret) for pair in pairs]
    met, hides = [part[1] for part in parts], any(part[2] for part in parts)
    matches = {"all": all(met), "any": any(met), "none": not any(met)}[node.kind]
    answer = {node.kind: [part[0] for part in parts], "matches": None if hides else matches}
    return answer, matches, hides


@contextmanager
def within_time(refusal: Any, milliseconds: int = PATIENCE_MS) -> Iterator[None]:
    """Give what runs inside a time limit and memory to hash; `refusal()` replaces the error."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('statement_timeout'), current_setting('work_mem')"
            )
            before = cursor.fetchone()
            cursor.execute(LIMITS, [str(milliseconds), WORK_MEM])
            yield
            cursor.execute(LIMITS, before)
    except OperationalError as error:
        if refusal and isinstance(error.__cause__, QueryCanceled):
            raise refusal() from error
        raise


def too_slow() -> Exception:
    """Build the answer to a filter that takes too long."""
    return refuse("filter", "too_slow", _("This filter takes too long; make it narrower."))
