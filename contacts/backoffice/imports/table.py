"""The columns of a file as rows of a table, and the first of its rows as they will be stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.columns import number
from contacts.backoffice.imports.targets import beside, icon_of
from contacts.catalogue import Catalogue
from contacts.models.field import FieldType
from contacts.services.imports.newfields import TYPES
from contacts.services.imports.objects import COMPANY
from contacts.services.imports.options import Options
from contacts.values import display

Line = dict[str, Any]
# Columns of the first rows that are shown; what is beyond is said.
MOST_SHOWN = 60
_STATES = {
    "key": "key",
    "good": "circle-check",
    "look": "alert-triangle",
    "new": "sparkles",
    "skipped": "minus",
}


def table(looked: Mapping[str, Any], options: Options, known: Catalogue) -> list[Line]:
    """Return a line a column: its name, samples, where it goes, what is to be said of it."""
    columns = looked["columns"]
    return [_line(place, column, looked, options, known) for place, column in enumerate(columns)]


def _line(
    place: int,
    column: Mapping[str, Any],
    looked: Mapping[str, Any],
    options: Options,
    known: Catalogue,
) -> Line:
    name, alias = column["name"], column["alias"]
    new = options.new_fields.get(name)
    to = _part(name, options) or alias or ""
    return {
        "place": place,
        "name": name,
        "examples": column["examples"],
        "to": to,
        "label": _label(to, known),
        "icon": _icon(to, known),
        "new": new,
        "types": [(kind, FieldType(kind).label) for kind in TYPES] if new else [],
        "state": _state(name, to, looked, options),
    }


def _part(column: str, options: Options) -> str:
    """Return the part a column plays beside the fields, if any."""
    if options.opt_in is not None and options.opt_in.column == column:
        return "@opt_in"
    return "@bounce" if options.bounce == column else ""


def _label(to: str, known: Catalogue) -> str:
    if not to:
        return _("Do not import")
    spec = known.get(to)
    return spec.name if spec else _beside(to)["label"]


def _icon(to: str, known: Catalogue) -> str:
    spec = known.get(to)
    if spec:
        return icon_of(spec.type)
    return _beside(to)["icon"] if to else "circle-x"


def _beside(to: str) -> dict[str, str]:
    return next(entry for entry in beside() if entry["value"] == to)


def _state(column: str, to: str, looked: Mapping[str, Any], options: Options) -> dict[str, str]:
    refused = looked["refused_by"].get(to, 0)
    new = options.new_fields.get(column)
    if not to:
        return _said("skipped", _("Left out"))
    if refused:
        counts = {"refused": number(refused), "count": number(looked["looked_at"])}
        words = ngettext(
            "%(refused)s of %(count)s row refused",
            "%(refused)s of %(count)s rows refused",
            looked["looked_at"],
        )
        return _said("look", words % counts)
    if column in looked["ambiguous"] and "date_order" not in options.written:
        return _said("look", _("Day or month first?"))
    if to == options.match:
        of_companies = options.object == COMPANY
        words = _("Tells companies apart") if of_companies else _("Tells contacts apart")
        return _said("key", words)
    if new is not None:
        return _said("new", _("New field · %(type)s") % {"type": FieldType(new.type).label})
    chosen = column in options.mapping or to.startswith("@")
    return _said("good", _("Chosen") if chosen else _("Recognised"))


def _said(kind: str, words: str) -> dict[str, str]:
    return {"kind": kind, "words": words, "icon": _STATES[kind]}


def preview_table(looked: Mapping[str, Any], known: Catalogue, language: str) -> dict[str, Any]:
    """Return the first rows as they will be stored; what is refused stands in its cell.

    Fields that refuse rows stand first: beyond the edge nobody would look for them.
    """
    every = sorted(looked["mapping"].values(), key=lambda alias: alias not in looked["refused_by"])
    aliases = every[:MOST_SHOWN]
    return {
        "beyond": len(every) - len(aliases),
        "heads": [_label(alias, known) for alias in aliases],
        "rows": [_row(row, aliases, looked, known, language) for row in looked["rows"]],
    }


def _row(
    row: Mapping[str, Any],
    aliases: Sequence[str],
    looked: Mapping[str, Any],
    known: Catalogue,
    language: str,
) -> dict[str, Any]:
    wrong = {problem["field"]: problem for problem in row["problems"]}
    zone = looked["file"]["timezone"]
    cells = []
    for alias in aliases:
        if problem := wrong.get(alias):
            cells.append({"value": problem["value"], "problem": problem["message"]})
            continue
        value, spec = row["values"].get(alias), known.get(alias)
        words = display(spec, value, language, zone) if spec else _plain(value)
        cells.append({"value": words[:200], "problem": ""})
    other = [problem["message"] for problem in row["problems"] if problem["field"] not in aliases]
    return {"line": row["line"], "cells": cells, "problem": " ".join(other)}


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
