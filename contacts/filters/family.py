"""What a condition on a field is made of: its target, and the operators of a family of types."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.utils.translation import get_language

from kernel.filters import Column, Mode, Sql, When
from kernel.filters.pieces import Now, Value, columns, joined

Phrase = Any


@dataclass(frozen=True)
class Target:
    """The field a condition is about."""

    alias: str
    type: str
    label: Any
    # The value as it is kept; families build what they compare from it.
    sql: str
    reads: frozenset[str]
    source: str = "c"
    # How instants are kept: `instant` in columns, `text` among custom fields.
    kept: str = "text"
    # 0 a column, 1 a custom field, 5 another table.
    cost: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Mapping[str, Any], ...] = ()
    # Of a custom field, which is not deleted while a filter names it.
    id: int | None = None
    indexed: bool = False
    sensitive: bool = False
    # What stands in rows of another table: those rows, as `x`, and the column that is compared.
    rows: str = ""
    cell: str = ""
    # What is compared where it takes the present, such as *within a year*; in place of `sql`.
    computed: Sql = ()

    @property
    def name(self) -> str:
        """Return the label in the language in force."""
        return str(self.labels.get((get_language() or "en")[:2]) or self.label)

    def column(self, template: str = "{}") -> Column:
        """Return the value, or an expression over it, as something computed once a row."""
        return Column(template.format(self.sql), self.source)


def inside(target: Target) -> Target:
    """Return a target of other rows as one of them has it."""
    return replace(target, sql=target.cell, rows="")


def among(target: Target, sql: Sql) -> Sql:
    """Ask for whom a row says so that `sql`, written with `inside`, is about.

    One look at those rows, instead of one for each of all contacts.
    """
    plain = (piece.sql if isinstance(piece, Column) else piece for piece in sql)
    return (f"c.id IN (SELECT x.contact_id {target.rows} AND (", *plain, "))")


class Family:
    """The operators of some types of fields. `takes` tells the form of each operator's value."""

    types: ClassVar[tuple[str, ...]]
    # Operator → the phrase that says it, with `%(field)s` and `%(value)s`.
    phrases: ClassVar[Mapping[str, Phrase]]
    # Operator → what its value is, for the manual; what is missing takes none.
    takes: ClassVar[Mapping[str, Phrase]]
    # Operators that mean the contrary of another one, contacts without a value included.
    negative: ClassVar[Mapping[str, str]] = {}
    # Operators that find their contacts by an index on the value.
    served: ClassVar[frozenset[str]] = frozenset()
    # What the manual adds.
    notes: ClassVar[str] = ""

    def operand(self, target: Target, op: str, value: Any) -> Any:
        """Check the value of an operator that takes one; `refuse("value", …)`."""
        raise NotImplementedError

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Return SQL of an operator that negates nothing."""
        raise NotImplementedError

    def present(self, target: Target, mode: Mode) -> Sql:
        """Return SQL that is true where there is a value."""
        return (target.column(), " IS NOT NULL")

    def risky(self, op: str) -> bool:
        """Say whether the operator may take long for a single contact."""
        return False

    def uses(self, target: Target, operand: Any) -> list[tuple[str, int]]:
        """Name the objects a value points at, as (kind, id)."""
        return []

    def edges(self, sql: Sql, before: When, after: When) -> Sql | None:
        """Return whoever's value a bound passed over in between."""
        found = list(columns(sql))
        parts: list[Sql] = []
        for moment in {piece.moment for piece in sql if isinstance(piece, Now)}:
            ends = (moment.at(before), moment.at(after))
            if ends[0] != ends[1]:
                low, high = (Value(end, moment.cast) for end in sorted(ends))
                parts.append((found[0], " >= ", low, " AND ", found[0], " <= ", high))
        return joined(parts, " OR ") if parts else None

    def passed(self, target: Target, before: When, after: When) -> Sql | None:
        """Return whom time alone may have moved, whatever is compared; None: nobody."""
        return None

    def said(self, target: Target, op: str, operand: Any) -> str:
        """Say the value of a condition."""
        return str(operand)
