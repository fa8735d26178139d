"""Find out how a table is written as text: separator, quotes, line ends, header."""

import csv
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from contacts.services.imports.encodings import SAMPLE, Survey, errors_for, survey
from contacts.services.imports.trouble import refuse_binary

SEPARATORS = (",", ";", "\t", "|")
QUOTES = ('"', "'", "")
_ROWS = 200
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"[-+]?[\d\s.,/:-]*\d[\d\s.,/:-]*")
_HINT = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a text table is written; every part may be set by hand instead."""

    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    line_ending: str = "LF"
    header: bool = True
    # Lines before the header: blank ones, and the `sep=;` that Excel writes for itself.
    skipped: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return it for the import's row and for people."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Dialect":
        """Read it back."""
        return cls(**document)

    @property
    def newline(self) -> str:
        """What ends a line; a carriage return alone does so only in files that know no other."""
        return "\r" if self.line_ending == "CR" else "\n"


@dataclass(frozen=True)
class Sniffed:
    """The dialect, and what the same pass told about the size."""

    dialect: Dialect
    size: int
    lines: int


def sniff(path: Path, chosen: dict[str, Any]) -> Sniffed:
    """Look at a file; `chosen` holds what a person set (encoding, separator, quote, header)."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        refuse_binary(head, whole=len(head) < SAMPLE)
    found = _survey(path, *seen(path))
    encoding = chosen.get("encoding") or found.encoding
    text = head.decode(encoding, "replace" if errors_for(encoding) == "replace" else "ignore")
    dialect = _of_text(text, whole=len(head) < SAMPLE)
    dialect = replace(dialect, encoding=encoding)
    wanted = {key: chosen[key] for key in ("separator", "quote", "header") if key in chosen}
    return Sniffed(replace(dialect, **wanted), found.size, found.lines)


def seen(path: Path) -> tuple[int, int]:
    """Return what changes when a file does: a draft is looked at again with every choice."""
    told = path.stat()
    return told.st_mtime_ns, told.st_size


@lru_cache(maxsize=256)
def _survey(path: Path, _written: int, _size: int) -> Survey:
    with path.open("rb") as file:
        return survey(file)


def _of_text(text: str, *, whole: bool) -> Dialect:
    text = text.removeprefix("\ufeff")
    ending = _line_ending(text)
    lines = io.StringIO(text, newline="\r" if ending == "CR" else "\n").readlines()
    if not whole and len(lines) > 1:
        lines.pop()
    skipped = next((place for place, line in enumerate(lines) if line.strip()), 0)
    hint = _HINT.fullmatch(lines[skipped]) if lines else None
    if hint:
        skipped += 1
    lines = lines[skipped:]
    quote = _quote(lines)
    separator = hint[1] if hint else _separator(lines, quote)
    return Dialect(
        separator=separator,
        quote=quote,
        line_ending=ending,
        header=not _is_data(_parsed(lines[:50], separator, quote)),
        skipped=skipped,
    )


def _line_ending(text: str) -> str:
    if "\n" not in text:
        return "CR" if "\r" in text else "LF"
    return "CRLF" if text.count("\r\n") * 2 > text.count("\n") else "LF"


def _quote(lines: Sequence[str]) -> str:
    """Take the apostrophe only where cells are wrapped in it and no cell in double quotes."""
    text = "".join(lines[:_ROWS])
    if '"' in text:
        return '"'
    wrapped = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", text, re.MULTILINE))
    return "'" if wrapped > len(lines[:_ROWS]) else '"'


def _separator(lines: Sequence[str], quote: str) -> str:
    """Choose the separator that cuts most rows into as many cells as the header, and into many."""
    best, chosen = 0.0, ","
    for separator in SEPARATORS:
        rows = [row for row in _parsed(lines, separator, quote) if row]
        if not rows or len(rows[0]) < 2:
            continue
        width = len(rows[0])
        regular = sum(len(row) == width for row in rows) / len(rows)
        if regular * width > best:
            best, chosen = regular * width, separator
    return chosen


def _parsed(lines: Sequence[str], separator: str, quote: str) -> list[list[str]]:
    reader = csv.reader(lines, **csv_format(separator, quote))
    rows: list[list[str]] = []
    # What was read before an error counts.
    with suppress(csv.Error):
        rows.extend(islice(reader, _ROWS))
    return rows


def csv_format(separator: str, quote: str) -> dict[str, Any]:
    """Spell the dialect as the csv module wants it."""
    quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    return {
        "delimiter": separator,
        "quotechar": quote or None,
        "quoting": quoting,
        "skipinitialspace": True,
    }


def _is_data(rows: list[list[str]]) -> bool:
    """Say whether the first row holds values and not names: an address, or nothing but numbers."""
    first = next((row for row in rows if row), [])
    cells = [cell.strip() for cell in first if cell.strip()]
    if any(_EMAIL.fullmatch(cell) for cell in cells):
        return True
    return bool(cells) and all(_NUMBER.fullmatch(cell) for cell in cells)
