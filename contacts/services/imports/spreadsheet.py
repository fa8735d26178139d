"""Read XLSX files row by row, within limits: a spreadsheet is a ZIP of XML from a stranger."""

import csv
import io
import os
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import lru_cache
from itertools import chain
from pathlib import Path
from secrets import token_hex
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from contacts.services.imports.encodings import readable
from contacts.services.imports.reading import LONGEST_CELL, Row, Table, name_columns, shaped
from contacts.services.imports.sniff import seen
from contacts.services.imports.trouble import refuse
from kernel import zone_names
from kernel.registry import ConfigProblem

_MARK = b"PK\x03\x04"
_PARTS = 2_000
# Unpacked bytes: what openpyxl keeps in memory (texts, styles), and all sheets, which it streams.
_LARGEST_PART = 60 * 1024**2
_LARGEST_SHEETS = 500 * 1024**2
_PIECE = 1 << 20
_BEAT = 2_000
# `signed_at (Europe/Paris)`, as `kernel.sheets` writes it.
_IN_ZONE = re.compile(r"([a-z][a-z0-9_]*) \(([\w+/-]+)\)")


def is_spreadsheet(path: Path) -> bool:
    """Tell an XLSX by its content."""
    with path.open("rb") as file:
        if file.read(4) != _MARK:
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


@contextmanager
def opened_sheet(path: Path, sheet: str | None, *, header: bool = True) -> Iterator[Table]:
    """Open a sheet (the first one unless named) for reading from its first row."""
    with _sheet_rows(path, sheet) as rows:
        first = next(rows, None)
        if first is None:
            raise refuse("file", "empty", _("The file has no rows."))
        while not first.cells[-1].strip():
            first.cells.pop()
        columns = name_columns(first.cells, header=header)
        yield Table(columns, shaped(rows if header else chain([first], rows), len(columns)))


def sheet_names(path: Path) -> list[str]:
    """Return the names of the sheets, in their order."""
    _refuse_bombs(path, *seen(path))
    with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
        book = _loaded(file)
        try:
            return [page.title for page in book.worksheets]
        finally:
            book.close()


def as_text(path: Path, sheet: str | None, beat: Callable[[], None]) -> Path:
    """Write a sheet out as CSV beside its book, once, and return where; `beat` often.

    What reads it then resumes as it does with any other file.
    """
    text = path.with_suffix(f".{crc32((sheet or '').encode()):08x}.csv")
    if not text.exists():
        _write(path, sheet, text, beat)
    return text


def _write(path: Path, sheet: str | None, target: Path, beat: Callable[[], None]) -> None:
    """Write it whole or not at all; blank rows too: a row keeps the number a person sees."""
    # A name of its own: somebody else may be writing the same.
    unfinished = target.with_suffix(f".{token_hex(4)}.part")
    with _sheet_rows(path, sheet) as rows, unfinished.open("w", newline="") as text:
        writer = csv.writer(text)
        line = 0
        for row in rows:
            writer.writerows([] for _blank in range(row.line - line - 1))
            writer.writerow(row.cells)
            line = row.line
            if line % _BEAT == 0:
                beat()
    os.replace(unfinished, target)


@contextmanager
def _sheet_rows(path: Path, sheet: str | None) -> Iterator[Iterator[Row]]:
    _refuse_bombs(path, *seen(path))
    # What openpyxl leaves out of a book (charts, extensions) is nothing to warn of.
    with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
        book = _loaded(file)
        try:
            yield _rows_of(book, sheet)
        finally:
            book.close()


def _rows_of(book: Any, sheet: str | None) -> Iterator[Row]:
    """Return the rows of the named sheet, or of the first one that has any."""
    if sheet is not None and sheet not in book.sheetnames:
        raise refuse("options.sheet", "not_found", _("The file has no sheet of this name."))
    for page in book.worksheets if sheet is None else [book[sheet]]:
        # The size a file claims is not to be believed: rows would be padded to it.
        page.reset_dimensions()
        rows = _rows(page.iter_rows(values_only=True))
        first = next(rows, None)
        if first is not None:
            return chain([first], rows)
    return iter(())


def _loaded(file: io.BufferedIOBase) -> Any:  # openpyxl's read-only book has no public type
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        if not book.worksheets:
            raise refuse("file", "empty", _("The file has no rows."))
    except ConfigProblem:
        raise
    except Exception as error:  # broken XML, missing parts, wrong numbers: each raises its own
        message = _("This spreadsheet is damaged and cannot be read.")
        raise refuse("file", "not_a_table", message) from error
    return book


@lru_cache(maxsize=256)
def _refuse_bombs(path: Path, _written: int, _size: int) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
        others = [part for part in parts if part not in sheets]
        if (
            len(parts) > _PARTS
            or sum(part.file_size for part in sheets) > _LARGEST_SHEETS
            or any(part.file_size > _LARGEST_PART for part in others)
        ):
            message = _("This spreadsheet is too large. Save it as CSV, then import that.")
            raise refuse("file", "too_large", message)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _refuse_tricks(archive, part)


def _refuse_tricks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part of a real spreadsheet declares entities or has a megabyte without a tag."""
    try:
        with archive.open(part) as content:
            piece = content.read(_PIECE)
            tricked = b"<!DOCTYPE" in piece.replace(b"\0", b"").upper()
            while piece and not tricked:
                tricked = len(piece) == _PIECE and b"<" not in piece
                piece = content.read(_PIECE)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        message = _("This spreadsheet is damaged and cannot be read.")
        raise refuse("file", "not_a_table", message) from error
    if tricked:
        message = _("This spreadsheet has content that no spreadsheet program writes.")
        raise refuse("file", "not_a_table", message)


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    zones: dict[int, ZoneInfo] | None = None
    for number, values in enumerate(rows, 1):
        cells = [_text(value) for value in values]
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        if zones is None:
            zones = _zones(cells)
        for place, zone in zones.items():
            if place < len(values) and isinstance(instant := values[place], datetime):
                cells[place] = instant.replace(tzinfo=zone).isoformat(" ")
        longest = max(map(len, cells))
        yield Row(number, cells, "too_long" if longest > LONGEST_CELL else "")


def _zones(headings: list[str]) -> dict[int, ZoneInfo]:
    """Return the zones that our own exports name in the headings of instants, and take them off."""
    zones = {}
    for place, heading in enumerate(headings):
        found = _IN_ZONE.fullmatch(heading)
        if found and found[2] in zone_names.known():
            headings[place], zones[place] = found[1], ZoneInfo(found[2])
    return zones


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return readable(value) if "\0" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
