"""Choices: taken by value or by label, kept by value."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from contacts.values.places import folded
from contacts.values.problem import ValueProblem
from contacts.values.text import line

Options = tuple[Mapping[str, Any], ...]


def choice(raw: Any, options: Options) -> str:
    """Check one choice; the option's label is taken too, in any of its languages."""
    value = line(raw)
    if not value:
        return value
    found = _find(value, options)
    if found is None:
        raise ValueProblem("unknown_option", _("This is not one of the choices."))
    return found


def choices(raw: Any, options: Options) -> list[str] | None:
    """Check several choices: a list, or one text with `|`, `;` or `,` between them."""
    wanted = list(_parted(raw, options))
    if len(wanted) > 1_000:
        raise ValueProblem("too_long", _("These are too many choices."))
    chosen = {choice(item, options) for item in wanted} - {""}
    # In the order of the options: equal sets are equal values.
    return [str(option["value"]) for option in options if option["value"] in chosen] or None


def _parted(raw: Any, options: Options) -> Iterable[Any]:
    if isinstance(raw, list | tuple):
        return raw
    value = line(raw, 5_000)
    known = {option["value"] for option in options}
    if value in known:
        return [value]
    # As exports write several: what is between them wins over a choice that merely looks alike.
    written = value.split(" | ")
    if len(written) > 1 and known.issuperset(written):
        return written
    if ("|" not in value and _find(value, options) is not None) or _is_label(value, options):
        return [value]
    return re.split(r"[|;]" if re.search(r"[|;]", value) else ",", value)


def _is_label(value: str, options: Options) -> bool:
    """Say whether it is the label of a choice, letter by letter."""
    return any(value in (one.get("label"), *(one.get("labels") or {}).values()) for one in options)


def _find(value: str, options: Options) -> str | None:
    for option in options:
        if option["value"] == value:
            return value
    key = folded(value)
    for option in options:
        if key in _names(option) or value.lower() == str(option["value"]).lower():
            return str(option["value"])
    return None


def _names(option: Mapping[str, Any]) -> set[str]:
    names = [option.get("label"), *(option.get("labels") or {}).values()]
    return {folded(str(name)) for name in names if name} - {""}
