"""What a condition on behaviour compares of the events it finds: their number, or a sum."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from kernel import comparisons
from kernel.events import CustomEvent, EventType
from kernel.filters.pieces import Sql, Value, from_text

# Comparisons by operator; what holds for nothing holds for whoever has no such event.
COUNTS = {"eq": "=", "ne": "<>", "gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
OPPOSITE = {"eq": "ne", "ne": "eq", "gte": "lt", "gt": "lte", "lte": "gt", "lt": "gte"}
HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}
BETWEEN = "between"
SUMS = (*COUNTS, BETWEEN)
ONCE = {("gte", 1), ("gt", 0), ("ne", 0)}
NEVER = {("eq", 0), ("lt", 1), ("lte", 0)}


@dataclass(frozen=True)
class Often:
    """How many events there are."""

    op: str
    number: int

    @property
    def is_once(self) -> bool:
        """Say whether any event is enough."""
        return (self.op, self.number) in ONCE

    @property
    def is_never(self) -> bool:
        """Say whether there must be none."""
        return (self.op, self.number) in NEVER

    @property
    def holds_for_none(self) -> bool:
        """Say whether whoever has no event is meant, too."""
        return HOLDS[self.op](0, self.number)

    def opposite(self) -> "Often":
        """Return what holds exactly where this does not."""
        return Often(OPPOSITE[self.op], self.number)

    def of_one(self, rows: Sql) -> Sql:
        """Compare for one contact, whose events `rows` are; counting ends once it is clear."""
        return self.of_rows(("FROM event e WHERE ", *rows))

    def of_rows(self, rows: Sql) -> Sql:
        """Compare for one contact, whom `rows` are about, from `FROM` on."""
        if self.is_once or self.is_never:
            word = "NOT EXISTS" if self.is_never else "EXISTS"
            return (word, " (SELECT 1 ", *rows, ")")
        return (
            "(SELECT count(*) FROM (SELECT 1 ",
            *rows,
            f" LIMIT {self.number + 1}) e) {COUNTS[self.op]} ",
            Value(self.number),
        )

    def having(self, contact: str = "e.contact_id") -> Sql:
        """Compare for each contact of a group of rows."""
        if self.is_once:
            return ()
        return (f" GROUP BY {contact} HAVING count(*) {COUNTS[self.op]} ", Value(self.number))


@dataclass(frozen=True)
class Total:
    """What a number of the events adds up to; 0 without events, and where it is missing."""

    op: str
    value: Any
    # The key of their data.
    of: str
    is_negated: bool = False
    is_once: ClassVar[bool] = False
    is_never: ClassVar[bool] = False

    @property
    def holds_for_none(self) -> bool:
        """Say whether whoever has no event is meant, too."""
        if self.op == BETWEEN:
            low, high = map(comparisons.exact, self.value)
            return bool(low <= 0 <= high)
        return HOLDS[self.op](0, comparisons.exact(self.value))

    def opposite(self) -> "Total":
        """Return what holds exactly where this does not."""
        return Total(self.op, self.value, self.of, not self.is_negated)

    def of_one(self, rows: Sql) -> Sql:
        """Compare for one contact, whose events `rows` are."""
        return self._compared(("(SELECT ", *self._sum(), " FROM event e WHERE ", *rows, ")"))

    def having(self) -> Sql:
        """Compare for each contact of a group of events."""
        return (" GROUP BY e.contact_id HAVING ", *self._compared(self._sum()))

    def _sum(self) -> Sql:
        return ("coalesce(sum(", *from_text(*comparisons.number(self.of)), "), 0)")

    def _compared(self, left: Sql) -> Sql:
        if self.op == BETWEEN:
            low, high = (Value(comparisons.exact(end)) for end in self.value)
            sql: Sql = (*left, " BETWEEN ", low, " AND ", high)
        else:
            sql = (*left, f" {COUNTS[self.op]} ", Value(comparisons.exact(self.value)))
        return ("NOT (", *sql, ")") if self.is_negated else sql


Measure = Often | Total


def measured(kind: type[EventType], config: Mapping[str, Any]) -> Measure:
    """Read what is compared: `total`, or `count`, which without a word is at least one."""
    if total := config.get("total"):
        name = total["of"]
        key = name if issubclass(kind, CustomEvent) else kind.numbers[name]
        return Total(total["op"], total["value"], key)
    return often(config)


def often(config: Mapping[str, Any]) -> Often:
    """Read `count`; without a word it is at least one."""
    number = config.get("count") or {"op": "gte", "value": 1}
    return Often(number["op"], int(number["value"]))
