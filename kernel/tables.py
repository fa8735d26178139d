"""Tables as files that spreadsheets open: here CSV, with cells guarded against being run."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TextIO

from kernel import clock
from kernel.formulas import guarded
from kernel.sources import Column

Row = Sequence[Any]


class CutShort(ValueError):  # noqa: N818 - an answer
    """Raised for a text that no cell of a spreadsheet holds whole."""


class Table(Protocol):
    """A file that rows are added to."""

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows below those there are."""

    def close(self) -> None:
        """Write what is left."""


class CsvTable:
    """CSV; cells that a spreadsheet would run are guarded."""

    def __init__(self, into: TextIO, columns: Sequence[Column]) -> None:
        self._write = csv.writer(into).writerows
        self._write([[guarded(column.key) for column in columns]])

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows below those there are."""
        self._write([[None if cell is None else plain(cell) for cell in row] for row in rows])

    def close(self) -> None:
        """Leave the file to who opened it."""


def plain(cell: Any) -> Any:
    """Write a value as text that opens as text, and comes back as what it was."""
    if type(cell) is str:
        # Nothing dangerous begins with a letter or a digit: most cells need no closer look.
        return cell if cell[:1].isalnum() else guarded(cell)
    if cell is True or cell is False:
        return "true" if cell else "false"
    return clock.iso(cell) if isinstance(cell, datetime) else cell
