"""The filters of the template language, what they accept, and how they are run."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from content.problems import RenderRefused
from content.wording import Wording, is_date_pattern

MAX_ITEMS = 200
MAX_TRUNCATE = 10_000
MAX_DECIMALS = 6
_NUMBER = re.compile(r"\s*-?\d{1,28}(\.\d{1,28})?\s*\Z")

# How many arguments a filter takes: at least, at most.
ARGUMENTS: dict[str, tuple[int, int]] = {
    "default": (1, 1),
    "upper": (0, 0),
    "lower": (0, 0),
    "title": (0, 0),
    "date": (0, 1),
    "number": (0, 1),
    "urlencode": (0, 0),
    "truncate": (1, 1),
}


def argument_fault(name: str, arguments: list[Any]) -> str | None:
    """A sentence about arguments a filter cannot use, None when they are right."""
    least, most = ARGUMENTS[name]
    if not least <= len(arguments) <= most:
        return _("The filter %(name)s does not take %(count)d arguments.") % {
            "name": name,
            "count": len(arguments),
        }
    return _value_fault(name, arguments[0]) if arguments else None


def _value_fault(name: str, value: Any) -> str | None:
    if name == "default" and not isinstance(value, str | int | float):
        return _("default takes a text in quotes.")
    if name == "date" and not (isinstance(value, str) and is_date_pattern(value)):
        return _(
            "date takes short, medium, long, full or a pattern such as “d MMMM y” "
            "(months are MM, minutes are mm) or “%(figures)s”."
        ) % {"figures": "%d/%m/%Y"}
    if name == "number" and not _is_whole(value, 0, MAX_DECIMALS):
        return _("number takes 0 to %(most)d decimals.") % {"most": MAX_DECIMALS}
    if name == "truncate" and not _is_whole(value, 1, MAX_TRUNCATE):
        return _("truncate takes a length from 1 to %(most)d.") % {"most": MAX_TRUNCATE}
    return None


def _is_whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], (), {})


def default(value: Any, instead: Any) -> Any:
    return instead if is_empty(value) else value


def member(value: Any, name: str) -> Any:
    """One level down; only plain mappings have anything inside."""
    return value.get(name) if isinstance(value, Mapping) else None


def items(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value[:MAX_ITEMS])
    return sorted(value, key=str)[:MAX_ITEMS] if isinstance(value, set | frozenset) else []


def rounds(value: Any, left: list[int]) -> list[Any]:
    """The items of one loop; all loops of one rendering share the rounds that are left."""
    found = items(value)
    left[0] -= len(found)
    if left[0] < 0:
        raise RenderRefused(_("The loops of this message take too long."), "too_large")
    return found


def truncated(text: str, length: int) -> str:
    """At most this many characters, cut between words where one is near, with an ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > length // 2 else cut).rstrip() + "…"


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    """Both as numbers where both are, else both as text; a lacking value stays None."""
    pair = (_as_number(left), _as_number(right))
    if None not in pair:
        return pair
    return _as_text(left), _as_text(right)


def _as_number(value: Any) -> Decimal | None:
    if isinstance(value, str):
        return Decimal(value.strip()) if _NUMBER.match(value) else None
    if isinstance(value, int | float | Decimal):
        return Wording.decimal(int(value) if isinstance(value, bool) else value)
    return Wording.decimal(value) if isinstance(value, Mapping) else None


def _as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_empty(value):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def compare(left: Any, operator: str, right: Any) -> bool:
    """Compare without ever failing: an empty value equals only nothing and is never larger."""
    if operator in ("in", "notin"):
        return _is_among(left, right) is (operator == "in")
    one, other = _comparable(left, right)
    if operator in ("eq", "ne"):
        return (one == other) is (operator == "eq")
    if one is None or other is None:
        return False
    return _ORDERS[operator](one, other)


def _is_among(value: Any, group: Any) -> bool:
    if isinstance(group, str):
        return not is_empty(value) and str(value) in group
    return any(compare(value, "eq", item) for item in items(group))


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda one, other: one > other,
    "gteq": lambda one, other: one >= other,
    "lt": lambda one, other: one < other,
    "lteq": lambda one, other: one <= other,
}


def filters_of(wording: Wording) -> dict[str, Callable[..., Any]]:
    """The filters of one language, for a template environment."""
    return {
        "default": default,
        "upper": wording.upper,
        "lower": wording.lower,
        "title": wording.title,
        "date": wording.dated,
        "number": wording.number,
        "urlencode": lambda value: quote(wording.text(value).encode("utf-8", "replace"), safe=""),
        "truncate": lambda value, length: truncated(wording.text(value), length),
        "_member": member,
        "_rounds": rounds,
        "_compare": compare,
        "_filled": lambda value: not is_empty(value) and value is not False and value != 0,
    }
