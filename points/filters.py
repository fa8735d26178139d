"""What conditions ask of point groups: `points.ID` is the score in the group of that id."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Target
from contacts.filters.numbers import SIGNS, Numbers
from contacts.filters.reachability import Numbered, numbered
from kernel.filters import Mode, Reading, Sql
from kernel.filters.pieces import Value
from kernel.ids import read_id
from points.models import PointGroup
from points.services.adjust import read_of

PREFIX = "points."
TYPE = "score"
HOLDS = {
    "eq": lambda points, wanted: points == wanted,
    "gt": lambda points, wanted: points > wanted,
    "gte": lambda points, wanted: points >= wanted,
    "lt": lambda points, wanted: points < wanted,
    "lte": lambda points, wanted: points <= wanted,
}


class Scores(Numbers):
    """Points in a group: who never got any has none, which is 0."""

    types: ClassVar[tuple[str, ...]] = (TYPE,)
    notes: ClassVar[str] = (
        "`points.ID` asks for the points in one group, by its id. Who never got any there has 0."
    )
    phrases: ClassVar = {
        op: phrase for op, phrase in Numbers.phrases.items() if not op.endswith("_empty")
    }
    takes: ClassVar = {op: Numbers.takes[op] for op in phrases}
    served: ClassVar = frozenset[str]()

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Compare; over everybody by one look at the group's rows, whatever 0 means."""
        if mode is Mode.BATCH:
            return super().positive(target, op, operand, mode)
        inside: Sql = ("x.points", *compared(op, operand))
        if holds(op, operand):
            rows: Sql = (f"SELECT x.contact_id {target.rows} AND NOT (", *inside, ")")
            return ("c.id NOT IN (", *rows, ")")
        return (f"c.id IN (SELECT x.contact_id {target.rows} AND ", *inside, ")")

    def present(self, target: Target, mode: Mode) -> Sql:
        """Everybody has a number, be it 0."""
        return ("true",)

    def uses(self, target: Target, operand: Any) -> list[tuple[str, int]]:
        """Name the group, which is not deleted meanwhile."""
        return [("point_group", int(target.alias.removeprefix(PREFIX)))]


def compared(op: str, operand: Any) -> Sql:
    """Return SQL that compares what stands before it."""
    if op != "between":
        return (f" {SIGNS[op]} ", Value(operand))
    low, high = operand
    return (" BETWEEN ", Value(low), " AND ", Value(high))


def holds(op: str, operand: Any) -> bool:
    """Say whether 0 is meant, which is what everybody has of whom nothing is known."""
    if op != "between":
        return bool(HOLDS[op](0, operand))
    low, high = operand
    return bool(low <= 0 <= high)


def find(name: str, reading: Reading) -> Target | None:
    """Return the score that `points.ID` names; in a stored filter a group that is gone is empty."""
    number = read_id(name.removeprefix(PREFIX))
    if number is None:
        return None
    known = reading.once(_groups)
    if number not in known and reading.verify:
        return None
    return _target(number, known.get(number, f"#{number}"))


def every() -> list[Target]:
    """Return the score of each group."""
    return [_target(number, name) for number, name in _groups().items()]


def _groups() -> Mapping[int, str]:
    return dict(PointGroup.objects.order_by("name").values_list("pk", "name"))


def _target(number: int, name: str) -> Target:
    rows = f"FROM point_score x WHERE x.group_id = {number}"
    return Target(
        alias=f"{PREFIX}{number}",
        type=TYPE,
        label=_("Points in “%(name)s”") % {"name": name},
        sql=f"coalesce((SELECT x.points {rows} AND x.contact_id = c.id), 0)",
        reads=frozenset({read_of(number)}),
        cost=5,
        rows=rows,
        cell="x.points",
    )


def declare() -> None:
    """Let conditions name the scores."""
    numbered(
        Numbered(
            PREFIX,
            "point_group",
            find,
            every,
            Scores(),
            icon="target-arrow",
            word=_lazy("points in a group"),
        )
    )
