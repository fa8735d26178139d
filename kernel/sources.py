"""The contract of what can be reported on or exported: columns, rows of a period or of a search."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from kernel.registry import Plugin, Registry


@dataclass(frozen=True)
class Column:
    """One column of a source: its key, its name for people, and its type (`text`, `number` …)."""

    key: str
    label: Any
    type: str = "text"


@dataclass(frozen=True)
class Chosen:
    """Which rows of a source somebody wants: some by id, else what a search of theirs finds."""

    ids: Sequence[int] | None = None
    # As the source itself writes it; an empty one finds everything.
    search: Mapping[str, Any] | None = None
    # Columns by key, in the order wanted; all of them where none is named.
    columns: Sequence[str] = ()
    # Narrower than the rights of the user, where those of the token were.
    only_own: bool = False

    def as_json(self) -> dict[str, Any]:
        """Write it for a job."""
        return asdict(self)


@dataclass(frozen=True)
class Selected:
    """The statement that reads the chosen rows, and the columns in its order."""

    statement: str
    parameters: Sequence[Any]
    columns: Sequence[Column]
    # Whether a row ends with the number of the contact it is about, beside the columns.
    numbered: bool = False


class Source(Plugin):
    """Rows for reports, widgets, the calendar and exports, narrowed to what a user may see."""

    # The kind of permission for exports of chosen rows; empty where only periods are offered.
    exports: ClassVar[str] = ""

    def columns(self) -> Sequence[Column]:
        """Return the columns in the order in which `rows` yields them."""
        raise NotImplementedError

    def rows(self, user: Any, start: datetime, end: datetime) -> Iterator[Sequence[Any]]:
        """Yield the rows of a period, oldest first, without holding them in memory."""
        raise NotImplementedError

    def selected(self, user: Any, chosen: Chosen) -> Selected:
        """Return how the chosen rows are read, of those the user may see.

        `ConfigProblem` where it names what there is not, or what the user may not see: whatever
        cannot be said as a condition must be refused, never left out.
        """
        raise NotImplementedError

    def picked(self, keys: Sequence[str]) -> list[Column]:
        """Return the columns of these keys; those that are gone are left out."""
        known = {column.key: column for column in self.columns()}
        return [known[key] for key in keys if key in known] if keys else list(known.values())


sources: Registry[Source] = Registry(Source)
