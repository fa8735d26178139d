"""What conditions ask of interests: `interest.ID` is what was done with items of a category.

The answer changes by what people do, by what is filed elsewhere (`folder:email:ID`), and by time
alone, when something is a year old: each of them brings the condition up again.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Target
from contacts.filters.reachability import Numbered, numbered
from kernel import filing
from kernel.events import MACHINE, kind_of, type_id
from kernel.filters import Mode, Reading, Sql, When
from kernel.filters.pieces import joined
from kernel.filters.spans import Ago, Span
from kernel.ids import read_id
from points.filters import Scores, compared, holds
from points.services.interests import DAYS, counted

PREFIX, TYPE = "interest.", "interest"
YEAR = Span(((">=", Ago(timedelta(days=DAYS))),))


class Interests(Scores):
    """Activity of a year on what is filed under a category: who did nothing there has 0."""

    types: ClassVar[tuple[str, ...]] = (TYPE,)
    notes: ClassVar[str] = (
        "`interest.ID` asks for the interest in one category, by its id: 1 for an email of it that"
        " was opened, 3 for a click in one, in the 365 days until now. What counts is the category"
        " an email has now. Machines don't count, and who did nothing there has 0."
    )

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Compare; over everybody the events of the category's items are added up once."""
        meant = compared(op, operand)
        if mode is Mode.BATCH:
            return (*target.computed, *meant)
        total: Sql = ("sum(w.weight)", *meant)
        if none_too := holds(op, operand):
            total = ("NOT (", *total, ")")
        rows = _rows(_number(target), YEAR.sql("e.occurred_at"))
        word = "NOT IN" if none_too else "IN"
        return (
            f"c.id {word} (",
            "SELECT w.contact_id FROM (",
            *rows,
            ") w GROUP BY w.contact_id HAVING ",
            *total,
            ")",
        )

    def uses(self, target: Target, operand: Any) -> list[tuple[str, int]]:
        """Name the category, which is not deleted meanwhile."""
        return [("folder", _number(target))]

    def passed(self, target: Target, before: When, after: When) -> Sql | None:
        """Return who did something with its items that became a year old in between."""
        passed = YEAR.passed("e.occurred_at", before, after)
        if passed is None:
            return None
        return ("c.id IN (SELECT w.contact_id FROM (", *_rows(_number(target), passed), ") w)")


def find(name: str, reading: Reading) -> Target | None:
    """Return the interest that `interest.ID` names; in a stored filter one that is gone is none."""
    number = read_id(name.removeprefix(PREFIX))
    if number is None or not counted():
        return None
    known = reading.once(_categories)
    if number not in known and reading.verify:
        return None
    return _target(number, known.get(number, f"#{number}"))


def every() -> list[Target]:
    """Return the interest in each category."""
    return [_target(number, name) for number, name in _categories().items()] if counted() else []


def windows(_config: Mapping[str, Any]) -> Iterator[tuple[str, timedelta]]:
    """Say how far back an interest looks, at events of which types."""
    return ((key, timedelta(days=DAYS)) for key, _weight in counted())


def _categories() -> Mapping[int, str]:
    """Return the categories that something which counts may be filed under."""
    return dict(filing.asked().order_by("name_key", "pk").values_list("pk", "name"))


def _kinds() -> set[str]:
    return {subject for key, _weight in counted() if (subject := kind_of(key).subject)}


def _number(target: Target) -> int:
    return int(target.alias.removeprefix(PREFIX))


def _target(number: int, name: str) -> Target:
    mine: Sql = (*YEAR.sql("e.occurred_at"), " AND e.contact_id = c.id")
    rows = _rows(number, mine, of_one=True)
    total: Sql = ("coalesce((SELECT sum(w.weight) FROM (", *rows, ") w), 0)")
    return Target(
        alias=f"{PREFIX}{number}",
        type=TYPE,
        label=_("Interest in “%(name)s”") % {"name": name},
        sql="",
        reads=frozenset(
            {
                *(filing.read_of(kind, number) for kind in _kinds()),
                *(f"event:{key}" for key, _weight in counted()),
            }
        ),
        cost=6,
        computed=total,
    )


def _rows(folder: int, narrowed: Sql, *, of_one: bool = False) -> Sql:
    """Return what people did with items of a category, as `e`, with what it weighs."""
    parts = [_part(key, weight, folder, narrowed, of_one=of_one) for key, weight in counted()]
    return joined(parts, " UNION ALL ")


def _part(key: str, weight: int, folder: int, narrowed: Sql, *, of_one: bool) -> Sql:
    kind = kind_of(key)
    # Of one person the timeline of fewer partitions is read. Over everybody the index of subjects
    # answers alone, a hundredth of the pages, as long as nothing is asked that is not in it.
    kept = f"e.retention = {kind.retention} AND " if of_one else ""
    return (
        f"SELECT e.contact_id, {weight} AS weight FROM event e"  # noqa: S608 - numbers of ours
        f" WHERE {kept}e.type_id = {type_id(key)}"
        f" AND e.verdict IS DISTINCT FROM {MACHINE} AND e.subject_id IN ("
        f"SELECT g.object_id FROM filing g WHERE g.folder_id = {folder}"
        f" AND g.kind = '{kind.subject}' AND g.is_category) AND ",
        *narrowed,
    )


def declare() -> None:
    """Let conditions name the interests."""
    filing.count(_kinds)
    numbered(
        Numbered(
            PREFIX,
            "folder",
            find,
            every,
            Interests(),
            icon="heart",
            word=_lazy("interest in a category"),
            windows=windows,
        )
    )
