"""The contract of what can be reported on or exported: columns, and rows of a period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.registry import Plugin, Registry


@dataclass(frozen=True)
class Column:
    """One column of a source: its key, its name for people, and its type (`text`, `number` …)."""

    key: str
    label: Any
    type: str = "text"


class Source(Plugin):
    """Rows for reports, widgets, the calendar and exports, narrowed to what a user may see."""

    def columns(self) -> Sequence[Column]:
        """Return the columns in the order in which `rows` yields them."""
        raise NotImplementedError

    def rows(self, user: Any, start: datetime, end: datetime) -> Iterator[Sequence[Any]]:
        """Yield the rows of a period, oldest first, without holding them in memory."""
        raise NotImplementedError


sources: Registry[Source] = Registry(Source)
