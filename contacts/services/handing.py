"""Handing a person everything that is known of them: for machines, and to be read."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from contacts.services.erase import everything
from kernel import clock
from kernel.contactdata import contact_data
from kernel.documents import dumps


@dataclass(frozen=True)
class Table:
    """Rows of one kind: a heading, and each row as names with values."""

    name: str
    rows: list[list[tuple[str, str]]] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """What one app knows."""

    label: str
    tables: list[Table]


def archive(contact: int, now: datetime) -> bytes:
    """Return a ZIP of `data.json` and `data.html`, in the language in force; none is stored."""
    known = everything(contact)
    page = {"contact": contact, "at": now, "sections": list(_sections(known))}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        document = {"contact": str(contact), "at": clock.iso(now), "data": known}
        files.writestr("data.json", dumps(document))
        files.writestr("data.html", render_to_string("contacts/handed_out.html", page))
    return packed.getvalue()


def _sections(known: Mapping[str, Any]) -> Iterator[Section]:
    for kind in contact_data:
        tables = [
            table for name, value in known[kind.key].items() if (table := _table(name, value))
        ]
        if tables:
            yield Section(str(kind.label), tables)


def _table(name: str, value: Any) -> Table | None:
    """Write whatever an app told as rows; nothing known is no table."""
    things = value if isinstance(value, list) else [value]
    rows = [_pairs(one) for one in things if one not in (None, "", [], {})]
    return Table(name.replace("_", " "), rows) if rows else None


def _pairs(thing: Any) -> list[tuple[str, str]]:
    if not isinstance(thing, Mapping):
        return [("", str(thing))]
    told = ((str(key), value) for key, value in thing.items() if value not in (None, "", [], {}))
    return [(key.replace("_", " "), _said(value)) for key, value in told]


def _said(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return ", ".join(map(str, value))
    return dumps(value) if isinstance(value, dict | list) else str(value)
