"""Tables as XLSX: each cell of the type of its column, text never a formula."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from kernel.formulas import guarded
from kernel.sources import Column
from kernel.tables import CutShort, Row, plain

# The header stands above.
MOST_ROWS = 1_048_575
# A spreadsheet keeps numbers as floats: more digits than these would be rounded.
EXACT_DIGITS = 15
# Spreadsheets begin to count here, and believe in a 29 February 1900.
FIRST_DAY = date(1900, 3, 1)
# Characters: narrower, a spreadsheet shows signs in place of a day with its hour.
MOMENT_WIDTH = 19


class XlsxTable:
    """XLSX, written row by row in flat memory; further sheets when one is full."""

    def __init__(
        self, path: Path, columns: Sequence[Column], *, folder: Path, zone: ZoneInfo
    ) -> None:
        """Open it; instants are written as clocks of `zone` show them, as their headings say."""
        # No text becomes a formula, a number or a link by what it looks like.
        still = {f"strings_to_{kind}": False for kind in ("formulas", "numbers", "urls")}
        options = {"constant_memory": True, "tmpdir": str(folder), **still}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._head = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._columns, self._zone = columns, zone
        self._kinds = [self._writer(column.type) for column in columns]
        self._next_sheet()

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows below those there are."""
        for row in rows:
            if self._at == MOST_ROWS:
                self._next_sheet()
            self._at += 1
            for place, cell in enumerate(row):
                if cell is not None and cell != "":
                    self._kinds[place](self._sheet, place, cell)

    def close(self) -> None:
        """Put the sheets together."""
        self._book.close()

    def abandon(self) -> None:
        """Put nothing together."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def _next_sheet(self) -> None:
        self._sheet: Worksheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, self._heading(column), self._head)
            if column.type == "datetime":
                self._sheet.set_column(place, place, MOMENT_WIDTH)
        self._at = 0

    def _heading(self, column: Column) -> str:
        """Name the zone of instants: an import of the file takes it from there."""
        return f"{column.key} ({self._zone.key})" if column.type == "datetime" else column.key

    def _writer(self, kind: str) -> Callable[[Worksheet, int, Any], None]:
        writers = {
            "number": self._number,
            "boolean": self._truth,
            "date": self._date,
            "datetime": self._instant,
        }
        return writers.get(kind, self._text)

    def _text(self, sheet: Worksheet, place: int, cell: Any) -> None:
        text = cell if type(cell) is str else str(plain(cell))
        # What only looks guarded gets a guard: an import takes one away, from any kind of file.
        if sheet.write_string(self._at, place, guarded(text) if text[0] == "'" else text):
            raise CutShort

    def _number(self, sheet: Worksheet, place: int, cell: Any) -> None:
        if isinstance(cell, int | float | Decimal) and _is_exact(cell):
            sheet.write_number(self._at, place, float(cell))
        else:
            self._text(sheet, place, cell)

    def _truth(self, sheet: Worksheet, place: int, cell: Any) -> None:
        if isinstance(cell, bool):
            sheet.write_boolean(self._at, place, cell)
        else:
            self._text(sheet, place, cell)

    def _date(self, sheet: Worksheet, place: int, cell: Any) -> None:
        try:
            day = date.fromisoformat(cell)
        except (TypeError, ValueError):
            day = date.min
        if day < FIRST_DAY:
            self._text(sheet, place, cell)
        else:
            sheet.write_datetime(self._at, place, day, self._day)

    def _instant(self, sheet: Worksheet, place: int, cell: Any) -> None:
        try:
            instant = cell if isinstance(cell, datetime) else datetime.fromisoformat(cell)
            local = instant.astimezone(self._zone)
        except (TypeError, ValueError, OverflowError):
            self._text(sheet, place, cell)
            return
        # The hour that comes twice in autumn: the second time only a text tells it.
        if instant.tzinfo is None or local.date() < FIRST_DAY or local.fold:
            self._text(sheet, place, cell)
        else:
            sheet.write_datetime(self._at, place, local.replace(tzinfo=None), self._moment)


def _is_exact(number: float | Decimal) -> bool:
    return len(Decimal(str(number)).as_tuple().digits) <= EXACT_DIGITS
