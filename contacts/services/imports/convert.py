"""Turn the cells of a row into the values of a contact, by the conventions of the file."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop as _

from contacts.catalogue import Catalogue, FieldSpec
from contacts.services.imports import employers
from contacts.services.imports.answers import read_answer, read_bounce
from contacts.services.imports.dates import read_date, read_datetime, read_time
from contacts.services.imports.identities import IDENTITIES
from contacts.services.imports.numbers import plain_number
from contacts.services.imports.standing import READERS
from contacts.values import ValueProblem, clean
from kernel.formulas import without_guard

# Countries, cities and answers repeat; what a column has shown so far is not worked out twice.
_REMEMBERED = 5_000
_MISSING = object()
_MANY_LINES = frozenset({"long_text", "html"})
Read = Callable[[str], Any]


@dataclass(frozen=True)
class Conventions:
    """How values are written in this file."""

    decimal: str = "."
    date_order: str = "dmy"
    timezone: str = "UTC"


@dataclass(slots=True)
class Converted:
    """What a row says: values by alias, tags, the two answers, or why it cannot be taken."""

    values: dict[str, Any]
    tags: list[str] = field(default_factory=list)
    opted_in: bool | None = None
    bounce: str | None = None
    # `stage` and `points`, as far as the row says something of them.
    standing: dict[str, int] = field(default_factory=dict)
    # The field at fault, and why.
    problems: list[tuple[str, ValueProblem]] = field(default_factory=list)


@dataclass(frozen=True)
class Parts:
    """Which column plays which part."""

    fields: Mapping[str, str]
    opt_in: str | None = None
    bounce: str | None = None


class Converter:
    """Converts row after row of one file."""

    def __init__(
        self,
        columns: Sequence[str],
        parts: Parts,
        catalogue: Catalogue,
        conventions: Conventions,
        now: datetime,
        *,
        empty_clears: bool = False,
    ) -> None:
        place = {column: number for number, column in enumerate(columns)}
        self._columns: list[tuple[int, str, Read, dict[str, Any]]] = [
            (place[column], alias, read, {})
            for column, alias in parts.fields.items()
            if alias not in READERS and (read := _reader(alias, catalogue, conventions, now))
        ]
        by_alias = {alias: place[column] for column, alias in parts.fields.items()}
        self._tags = by_alias.get("tags")
        self._standing = [
            (by_alias[alias], alias, make(conventions.decimal))
            for alias, make in READERS.items()
            if alias in by_alias
        ]
        self._opt_in = place[parts.opt_in] if parts.opt_in else None
        self._bounce = place[parts.bounce] if parts.bounce else None
        self._empty_clears = empty_clears

    def convert(self, cells: Sequence[str]) -> Converted:
        """Convert one row; every wrong cell is named, not only the first."""
        values: dict[str, Any] = {}
        row = Converted(values)
        for where, alias, read, known in self._columns:
            raw = cells[where]
            value = known.get(raw, _MISSING)
            if value is _MISSING:
                value = self._read(raw, alias, read, row)
                if len(known) < _REMEMBERED and not row.problems:
                    known[raw] = value
            if value is not None or self._empty_clears:
                values[alias] = value
        self._beside(cells, row)
        return row

    def _read(self, raw: str, alias: str, read: Read, row: Converted) -> Any:
        cell = raw.strip()
        if cell[:1] == "'":
            cell = without_guard(cell)
        try:
            return read(cell) if cell else None
        except ValueProblem as problem:
            row.problems.append((alias, problem))
            return None

    def _beside(self, cells: Sequence[str], row: Converted) -> None:
        if self._tags is not None:
            row.tags = split_tags(cells[self._tags])
        for where, alias, read in self._standing:
            if (found := self._read(cells[where], alias, read, row)) is not None:
                row.standing[alias] = found
        if self._opt_in is not None:
            try:
                row.opted_in = read_answer(cells[self._opt_in])
            except ValueError:
                wrong = ValueProblem("invalid", _("The opt-in cell is neither yes nor no."))
                row.problems.append(("opt_in", wrong))
        if self._bounce is not None:
            try:
                row.bounce = read_bounce(cells[self._bounce])
            except ValueError:
                message = _("The bounce cell is none of hard, soft and valid.")
                row.problems.append(("bounce", ValueProblem("invalid", message)))


_EXPORTED = re.compile(r" \|(?= |$)")


def split_tags(text: str) -> list[str]:
    """Read the tags of a cell: `vip | Paris`, `vip; Paris` or `vip, Paris`.

    Exports put spaces around the bar, so that a bar without them may be of a tag's name.
    """
    parts = _EXPORTED.split(text)
    if len(parts) == 1:
        separator = next((sign for sign in "|;," if sign in text), "|")
        parts = text.split(separator)
    names = (" ".join(without_guard(name.strip()).split()) for name in parts)
    return list(dict.fromkeys(name for name in names if name))


def _reader(
    alias: str, catalogue: Catalogue, conventions: Conventions, now: datetime
) -> Read | None:
    if alias in IDENTITIES:
        return IDENTITIES[alias]()
    spec = catalogue.get(alias) or employers.offered().get(alias)
    return reader_of(spec, conventions, now) if spec else None


def reader_of(spec: FieldSpec, conventions: Conventions, now: datetime) -> Read:
    """Return the function that reads a cell of this field."""
    if spec.type in _MANY_LINES:
        return partial(clean, spec)
    prepare = _preparation(spec.type, conventions, now)
    if prepare is None:
        return lambda raw: clean(spec, _one_line(raw) if "\n" in raw or "\r" in raw else raw)

    def read(raw: str) -> Any:
        try:
            prepared = prepare(raw)
        except (ValueError, OverflowError):
            prepared = raw
        return clean(spec, prepared)

    return read


def _preparation(kind: str, conventions: Conventions, now: datetime) -> Callable[[str], Any] | None:
    zone = ZoneInfo(conventions.timezone)
    today, order = now.astimezone(zone).date(), conventions.date_order
    special: dict[str, Callable[[str], Any]] = {
        "number": lambda raw: plain_number(raw, conventions.decimal),
        "date": lambda raw: read_date(raw, order, today).isoformat(),
        "datetime": lambda raw: read_datetime(raw, order, zone, today),
        "time": lambda raw: read_time(raw).isoformat("seconds"),
        "boolean": read_answer,
    }
    return special.get(kind)


def _one_line(raw: str) -> str:
    """An address typed over two lines is still one address."""
    return re.sub(r"\s*[\r\n]+\s*", " ", raw)
