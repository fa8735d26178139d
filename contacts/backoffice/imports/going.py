"""How an import goes, in figures that lead to the people they count."""

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from backoffice.columns import number
from backoffice.moments import left
from contacts.models import Import, ImportReject
from contacts.services.imports.ending import OPEN
from contacts.services.imports.objects import COMPANY, of
from contacts.services.imports.rejects import EARLIER, cells_of, kept_back, reason
from kernel import clock

FIRST_REJECTS = 10
_CELLS = 6
_TELLING = 1_000
# Figure → the condition on contacts that finds the people behind it.
BEHIND = {"read": "in", "created": "added_by", "updated": "updated_by"}
# Rows read are no people: several may be of one, and those refused of nobody.
LINKED = ("created", "updated")
# Why undoing an import keeps somebody or something (`services.imports.undo`).
KEPT_FOR = {
    "other_import": _lazy("in another import, too"),
    "merged": _lazy("became one with another"),
    "written_to": _lazy("written to since"),
    "active": _lazy("did something since"),
    "changed": _lazy("changed since"),
    "people": _lazy("has people"),
    "not_yours": _lazy("not yours to delete"),
}
OF_COMPANIES = {"read": "", "created": "added-", "updated": "updated-"}


def people(row: Import, figure: str) -> SafeString:
    """Show a figure, leading to the contacts it counts."""
    count = getattr(row, figure)
    if not count or figure not in LINKED:
        return SafeString(number(count))
    return format_html('<a href="{}">{}</a>', behind(row, figure), number(count))


def behind(row: Import, figure: str, at: str = "") -> str:
    """Return the address of whom or what a figure counts, or of a form with their filter."""
    if of(row).key == COMPANY:
        asked = f"{OF_COMPANIES[figure]}{row.pk}"
        return f"{reverse('companies')}?{urlencode({'import': asked})}"
    condition = {"import": [row.pk], "op": BEHIND[figure]}
    tree = {"all": [condition]} if at else condition
    return f"{at or reverse('contacts')}?{urlencode({'filter': json.dumps(tree)})}"


def share(row: Import) -> int:
    """Return the share of the rows that are read, in per cent; `expected` counts at most."""
    if row.state == Import.State.UNDOING:
        return min(99, ((row.undone or 0) + (row.kept or 0)) * 100 // (row.created or 1))
    if row.state in {Import.State.DONE, Import.State.UNDONE}:
        return 100
    return min(99, row.read * 100 // row.expected) if row.expected else 0


def going(row: Import) -> dict[str, Any]:
    """Return how far it is: share, rate, time left, figures with the people behind them."""
    companies = of(row).key == COMPANY
    return {
        "open": row.state in OPEN,
        "undoing": row.state == Import.State.UNDOING,
        "share": share(row),
        "pace": _pace(row),
        "kept_why": why(row.kept_for),
        "figures": [
            {
                "label": label,
                "count": number(getattr(row, name)),
                "url": behind(row, name) if name in LINKED and getattr(row, name) else "",
            }
            for name, label in (
                ("read", _("Rows read")),
                ("created", _("New companies") if companies else _("New people")),
                ("updated", pgettext("rows of a file", "Updated")),
                ("unchanged", _("As they were")),
                ("rejected", pgettext("rows of a file", "Refused")),
            )
        ]
        + unplaced(row)
        + reopened(row)
        + erased(row)
        + undone(row),
    }


def unplaced(row: Import) -> list[dict[str, str]]:
    """Return how many rows were written and not placed, where there are any."""
    label = _("Written, not placed")
    return [{"label": label, "count": number(row.unplaced), "url": ""}] if row.unplaced else []


def erased(row: Import) -> list[dict[str, str]]:
    """Return how many rows were passed over, for their people were erased since, if any were."""
    label = _("Left out: erased since the file came")
    return [{"label": label, "count": number(row.erased), "url": ""}] if row.erased else []


def reopened(row: Import) -> list[dict[str, str]]:
    """Return whose unsubscribe was lifted, where anybody's was."""
    label = _("Unsubscribes lifted")
    return [{"label": label, "count": number(row.reopened), "url": ""}] if row.reopened else []


def undone(row: Import) -> list[dict[str, str]]:
    """Return what became of the people, once it is undone or on the way."""
    if row.undone is None:
        return []
    words = (_("Forgotten again"), _("Kept: more is known of them"))
    if of(row).key == COMPANY:
        words = (_("Deleted again"), _("Kept: more is known of them"))
    figures = zip(words, (row.undone, row.kept), strict=True)
    return [{"label": label, "count": number(count or 0), "url": ""} for label, count in figures]


def why(kept: Mapping[str, int]) -> list[str]:
    """Say for which reasons undoing keeps how many, the most frequent first."""
    ordered = sorted(kept.items(), key=lambda one: (-one[1], one[0]))
    return [
        _("%(reason)s: %(count)s")
        % {"reason": KEPT_FOR.get(reason, reason), "count": number(count)}
        for reason, count in ordered
    ]


def _pace(row: Import) -> str:
    """Say how fast it goes and how long it still takes, once that can be told."""
    if row.state == Import.State.UNDOING:
        companies = of(row).key == COMPANY
        return _("Companies are being deleted.") if companies else _("People are being forgotten.")
    if row.state == Import.State.QUEUED or not row.started_at or not row.read:
        return _("It begins in a moment.") if row.state in OPEN else ""
    passed = ((row.finished_at or clock.now()) - row.started_at).total_seconds() or 1.0
    rate = row.read / passed
    words = _("%(rate)s rows a second") % {"rate": number(round(rate) or 1)}
    if row.state not in OPEN:
        # Of a handful of rows the rate says nothing.
        return words if row.read >= _TELLING else ""
    rest = timedelta(seconds=max(0, row.expected - row.read) / rate)
    return f"{words} · {left(rest)}" if row.expected else words


def first_rejects(row: Import, *, written: bool = False) -> list[dict[str, Any]]:
    """Return the first refused rows with their reasons; the values at fault stand apart.

    Where `written`, those that were not refused, but not placed.
    """
    rows = ImportReject.objects.filter(import_id=row.pk, written=written)
    found = rows.order_by("line")[:FIRST_REJECTS]
    known = of(row).fields()
    names = {column: known.called(alias) for column, alias in row.plan["fields"].items()}
    secret = kept_back(row)
    return [
        {
            "line": one.line,
            "reason": reason(one, names, secret),
            **_held(one, row.plan["columns"], secret),
        }
        for one in found
    ]


def _held(reject: ImportReject, columns: list[str], secret: frozenset[str]) -> dict[str, list[Any]]:
    """Return what a refused row holds: with their columns the values at fault, then others."""
    wrong = {one.get("column") for one in reject.reasons}
    held = zip_longest(columns, cells_of(reject, columns, secret), fillvalue="")
    filled = [(name, cell[:80]) for name, cell in held if cell.strip() and name not in EARLIER]
    return {
        "wrong": [(name, cell) for name, cell in filled if name in wrong],
        "cells": [cell for name, cell in filled if name not in wrong][:_CELLS],
    }
