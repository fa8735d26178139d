"""Pieces of SQL that conditions are made of, so that one condition serves many statements.

A condition says `(Column("lower(c.city)"), " = ", Value("paris"))`. Alone it is rendered with
bound parameters; a pack of segments computes each column once a row and keeps what depends on
the present as parameters of a prepared statement.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class When:
    """The instant a filter is evaluated at, and the zone whose midnights begin its days."""

    now: datetime
    zone: ZoneInfo


class Moment(Protocol):
    """A value that follows the clock: known only when the filter is evaluated."""

    @property
    def cast(self) -> str:
        """The SQL type of the value."""

    @property
    def moves(self) -> bool:
        """Whether the value follows the clock, and not only the zone."""

    @property
    def zoned(self) -> bool:
        """Whether the value depends on the zone."""

    def at(self, when: When) -> Any:
        """Return the value at an instant."""


@dataclass(frozen=True, slots=True)
class Column:
    """A typed expression over a contact's row, worth computing once a row.

    `source` is the alias it reads: `c` the contact, or a name given to `joins.offer`.
    """

    sql: str
    source: str = "c"


@dataclass(frozen=True, slots=True)
class Value:
    """A value bound as a parameter: a string, number, boolean, instant or list of these."""

    value: Any
    cast: str = ""


@dataclass(frozen=True, slots=True)
class Now:
    """A value bound as a parameter once the instant of evaluation is known."""

    moment: Moment


Piece = str | Column | Value | Now
# Plain text is SQL of ours, written without doubling `%`. `c.id` is the contact in every form.
Sql = tuple[Piece, ...]


def joined(parts: Iterable[Sql], separator: str) -> Sql:
    """Put fragments in a row with a separator between them."""
    pieces: list[Piece] = []
    for part in parts:
        if pieces:
            pieces.append(separator)
        pieces += part
    return tuple(pieces)


def values(parts: Iterable[Any], cast: str = "") -> Sql:
    """Put values in a row, between commas."""
    return joined([(Value(part, cast),) for part in parts], ", ")


def from_text(text: str, parameters: Sequence[Any]) -> Sql:
    """Read SQL with `%s` places, as `EventType.where` returns it."""
    bound = iter(parameters)
    parts = [part.replace("%%", "%") for part in text.split("%s")]
    pieces: list[Piece] = [parts[0]]
    for part in parts[1:]:
        pieces += [Value(next(bound)), part]
    return tuple(pieces)


def moments(sql: Sql) -> Iterator[Moment]:
    """Walk what follows the clock in a fragment."""
    return (piece.moment for piece in sql if isinstance(piece, Now))


def columns(sql: Sql) -> Iterator[Column]:
    """Walk the expressions over the contact's row in a fragment."""
    return (piece for piece in sql if isinstance(piece, Column))


def render(sql: Sql, when: Callable[[], When]) -> tuple[str, list[Any]]:
    """Write a fragment as SQL with `%s` places and their parameters, for one execution."""
    words: list[str] = []
    bound: list[Any] = []
    for piece in sql:
        if isinstance(piece, str):
            words.append(piece.replace("%", "%%"))
        elif isinstance(piece, Column):
            words.append(piece.sql.replace("%", "%%"))
        else:
            moment = piece.moment if isinstance(piece, Now) else None
            cast = moment.cast if moment else piece.cast if isinstance(piece, Value) else ""
            words.append(f"%s::{cast}" if cast else "%s")
            bound.append(moment.at(when()) if moment else piece.value)  # type: ignore[union-attr]
    return "".join(words), bound
