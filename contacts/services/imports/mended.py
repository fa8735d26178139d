"""Refused rows that come back mended: they are taken as the file that they stood in."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from contacts.models import Import, ImportReject
from contacts.services.imports.drafts import cells_of, change
from contacts.services.imports.rejects import EARLIER, LINE, columns_of
from contacts.services.imports.start import Starter
from contacts.services.imports.trouble import refuse
from kernel.ids import read_id
from kernel.registry import ConfigProblem

_LOOKED_AT = 50
# What is said of the rows, not of how the file is written; numbers and dates are as they were.
_RULES = (
    "object",
    "match",
    "mode",
    "segment",
    "tags",
    "empty_clears",
    "opt_in",
    "bounce",
    "timezone",
    "owner",
)
_WRITTEN = ("decimal", "date_order")


def origin(draft: Import, seen: QuerySet[Import]) -> Import | None:
    """Return which of these imports refused the rows of a draft: the newest that had them all."""
    columns = columns_of(draft)
    if columns == draft.plan["columns"]:
        return None
    lines = {line for cell in cells_of(draft, LINE) if (line := read_id(cell.strip()))}
    alike = Q(plan__columns=columns) | Q(plan__columns=[*columns, *EARLIER])
    kept = seen.annotate(kept_rows=F("rejected") + F("unplaced"))
    others = kept.filter(alike, kept_rows__gte=len(lines)).exclude(state=Import.State.DRAFT)
    for other in others.order_by("-pk")[:_LOOKED_AT] if lines else ():
        refused = ImportReject.objects.filter(import_id=other.pk, line__in=lines)
        if refused.count() == len(lines):
            return other
    return None


def take_over(draft: Import, first: Import, starter: Starter, now: datetime) -> None:
    """Settle a draft as the import that refused its rows was; what no longer is, is left out."""
    document = _settings(first)
    while True:
        try:
            change(draft, {**draft.options, **document}, starter, now)
            break
        except ConfigProblem as problem:
            left = _without(document, problem)
            if left == document:
                return
            document = left
    draft.mends = first.pk
    draft.save(update_fields=["mends"])


def _without(document: dict[str, Any], problem: ConfigProblem) -> dict[str, Any]:
    """Leave out the settings that are complained of; of the mapping the single column."""
    paths = [one["field"].split(".", 2)[1:] for one in problem.problems]
    columns = {path[1] for path in paths if path[0:1] == ["mapping"] and len(path) > 1}
    keys = {path[0] for path in paths if path} - ({"mapping"} if columns else set())
    left = {key: value for key, value in document.items() if key not in keys}
    if columns and "mapping" in left:
        left["mapping"] = {k: v for k, v in left["mapping"].items() if k not in columns}
    return left


def asked(document: Any, seen: QuerySet[Import]) -> tuple[Any, Import | None]:
    """Return the settings a client sends, completed by those of the import that they name.

    What the client says itself wins; null takes a setting of the first import away.
    """
    if not isinstance(document, dict) or document.get("mends") is None:
        return document, None
    number = read_id(document["mends"])
    first = seen.exclude(state=Import.State.DRAFT).filter(pk=number).first() if number else None
    if first is None or "columns" not in first.plan:
        raise refuse("options.mends", "not_found", _("There is no such import."))
    said = {key: value for key, value in document.items() if key != "mends"}
    return {**_settings(first), **said}, first


def _settings(first: Import) -> dict[str, Any]:
    plan, rules = first.plan, {key: first.options.get(key) for key in _RULES}
    # Also what was guessed then: a field that was made since would have another say.
    mapping = {column: plan["fields"].get(column) for column in columns_of(first)}
    written = {key: plan["conventions"][key] for key in _WRITTEN}
    return {key: value for key, value in {**rules, **written, "mapping": mapping}.items() if value}
