"""Read the rows of a text table one by one, in flat memory, whatever a row looks like."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contacts.services.imports.encodings import errors_for, readable
from contacts.services.imports.sniff import Dialect, csv_format
from contacts.services.imports.trouble import refuse

# Characters of a row, and of a cell (the csv module's own limit).
LONGEST_ROW = 1_000_000
LONGEST_CELL = 131_072
MOST_COLUMNS = 2_000
# What is kept of a row that cannot be read.
_KEPT = 2_000

# As in the source: said when somebody reads them.
PROBLEMS = {
    "ragged_row": gettext_noop("The row has more cells than the header."),
    "bad_quotes": gettext_noop("A quotation mark is not closed, or not doubled inside a cell."),
    "stray_line_end": gettext_noop("A line end stands in the middle of the row."),
    "too_long": gettext_noop("A cell is longer than 131,072 characters."),
    "bad_encoding": gettext_noop("The row has bytes that are no text in the file's encoding."),
}


@dataclass(slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, its cells, and why it cannot be taken."""

    line: int
    cells: list[str]
    problem: str = ""


@dataclass
class Table:
    """An open file: its columns, and its rows in order."""

    columns: list[str]
    rows: Iterator[Row] = field(repr=False)


@contextmanager
def opened(path: Path, dialect: Dialect) -> Iterator[Table]:
    """Open a file for reading from its first row; a header that cannot be used is refused."""
    errors = errors_for(dialect.encoding)
    with path.open(encoding=dialect.encoding, errors=errors, newline=dialect.newline) as text:
        for _line in range(dialect.skipped):
            text.readline(LONGEST_ROW)
        rows = _rows(text, dialect)
        first = next(rows, None)
        if first is None:
            raise refuse("file", "empty", _("The file has no rows."))
        if first.problem:
            raise refuse("file", first.problem, _(PROBLEMS[first.problem]))
        columns = name_columns(first.cells, header=dialect.header)
        # Without a header the first row is already one of a person.
        start = rows if dialect.header else chain([first], rows)
        yield Table(columns, shaped(start, len(columns)))


def name_columns(cells: list[str], *, header: bool) -> list[str]:
    """Name every column once: what has no name or a name twice gets its number."""
    if len(cells) > MOST_COLUMNS:
        message = _("The file has %(count)s columns; %(most)s are the most that can be read.")
        values = {"count": len(cells), "most": MOST_COLUMNS}
        raise refuse("file", "too_many_columns", message % values)
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, 1):
        name = " ".join(readable(cell).split())[:200] if header else ""
        name = name or _("Column %(number)s") % {"number": number}
        names[name if name not in names else f"{name} ({number})"] = None
    return list(names)


def shaped(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Give every row the width of the header; cells beyond it are a problem unless blank.

    Spreadsheets leave out blank cells at the end of a row, so a short row is a whole one.
    """
    for row in rows:
        missing = width - len(row.cells)
        if missing > 0:
            row.cells += [""] * missing
        elif missing < 0:
            if any(cell.strip() for cell in row.cells[width:]):
                row.problem = row.problem or "ragged_row"
            else:
                del row.cells[width:]
        yield row


class _TooLong(Exception):  # noqa: N818 - a fact about a row
    """The row does not end in sight."""


class _Lines:
    """Hands lines to the csv reader, remembers those of the row in hand, can take them back."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text = text
        self.waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.length = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else self.text.readline(LONGEST_ROW)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.length += len(line)
        if self.length >= LONGEST_ROW:
            if line[-1] not in "\r\n":
                self._skip()
            raise _TooLong
        return line

    def begin(self) -> None:
        """Forget the lines of the last row."""
        self.taken.clear()
        self.length = 0

    def give_back(self) -> str:
        """Keep the first line of the row as the bad one; the others are read again as rows."""
        first, *others = self.taken
        self.waiting.extendleft(reversed(others))
        return first

    def _skip(self) -> None:
        while (piece := self.text.readline(LONGEST_ROW)) and piece[-1] not in "\r\n":
            pass


def _rows(text: io.TextIOBase, dialect: Dialect) -> Iterator[Row]:
    """Yield every row that is not blank; one that cannot be read never takes others with it."""
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True, **csv_format(dialect.separator, dialect.quote))
    number = dialect.skipped
    while True:
        lines.begin()
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            unread = lines.give_back()[:_KEPT].rstrip("\r\n")
            yield Row(number, [readable(unread)], _problem(error))
            continue
        joined = "".join(cells)
        if not joined or joined.isspace():
            continue
        if joined.isascii() or _encodable(joined):
            yield Row(number, cells)
        else:
            yield Row(number, [readable(cell) for cell in cells], "bad_encoding")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _problem(error: Exception) -> str:
    text = str(error)
    if isinstance(error, _TooLong) or "field limit" in text:
        return "too_long"
    return "stray_line_end" if "new-line" in text else "bad_quotes"
