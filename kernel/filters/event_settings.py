"""Checks what a condition on behaviour says: where, how often, in which period."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kernel.clock import parse_duration
from kernel.events import kind_of
from kernel.filters.operands import LARGEST, a_list, a_text, a_whole_number
from kernel.filters.problems import refuse

MOST_CONDITIONS = 20


def check_where(event: str, config: Mapping[str, Any]) -> None:
    where = config.get("where")
    if where is None:
        return
    if not isinstance(where, Mapping) or len(where) > MOST_CONDITIONS:
        raise refuse("where", "invalid", _("An object of conditions is expected."))
    subject = kind_of(event).subject
    for name, wanted in where.items():
        place = f"where.{name}"
        items = a_list(wanted, place) if isinstance(wanted, list) else [wanted]
        for item in items:
            if name == subject:
                a_whole_number(item, place)
            elif not isinstance(item, int | float | Decimal):
                a_text(item, place)
        a_text(name, "where")
        try:
            kind_of(event).where({name: wanted})
        except KeyError as error:
            message = _("Events of this type have no such condition.")
            raise refuse(place, "unknown_field", message) from error


def check_count(config: Mapping[str, Any], operators: set[str]) -> None:
    count = config.get("count")
    if count is None:
        return
    if not isinstance(count, Mapping):
        raise refuse("count", "invalid", _("An object with op and value is expected."))
    for key in count:
        if key not in {"op", "value"}:
            raise refuse(f"count.{key}"[:300], "unknown_field", _("This key is not known."))
    if count.get("op") not in operators:
        raise refuse("count.op", "invalid_operator", _("This operator is not known here."))
    a_whole_number(count.get("value"), "count.value", least=0, most=LARGEST)


def check_period(config: Mapping[str, Any]) -> None:
    period = config.get("within")
    if period is None:
        return
    try:
        parse_duration(a_text(period, "within"))
    except ValueError as error:
        message = _("A duration such as 90s, 10m, 1h, 3d or 2w is expected.")
        raise refuse("within", "invalid", message) from error


def check_meant(config: Mapping[str, Any]) -> None:
    """Refuse what nobody means when it is written: fewer than none, within no time."""
    message = _("The number is out of range.")
    count = config.get("count") or {}
    if count.get("op") == "lt" and not int(count["value"]):
        raise refuse("count.value", "out_of_range", message)
    if config.get("within") and not parse_duration(config["within"]):
        raise refuse("within", "out_of_range", message)
