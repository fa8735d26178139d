"""Checks what a condition on behaviour says: where, how often or how much, in which period."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kernel import masking, subjects
from kernel.events import CustomEvent, EventType, event_types, kind_of
from kernel.exchanging import NONE, Exchange, exchanged, exchanged_text
from kernel.filters import comparing, spans
from kernel.filters.measures import BETWEEN, COUNTS, SUMS
from kernel.filters.operands import LARGEST, a_list, a_number, a_text, a_whole_number
from kernel.filters.problems import FilterProblem, refuse

MOST_CONDITIONS = 20
KEY = re.compile(r"[a-z][a-z0-9_]{0,30}\.[a-z][a-z0-9_]{0,40}")
# Of all events of the type that ever happened.
EXTREMES = ("first", "last")


def exchanged_where(key: str, where: Any, exchange: Exchange) -> Any:
    """Return conditions on an event with other objects it is about, or names."""
    if not isinstance(where, Mapping):
        return where
    kind = kind_of(key)
    named = {**kind.naming, **({kind.subject: kind.subject} if kind.subject else {})}
    found = {
        name: exchanged(named[name], value, exchange, without=NONE)
        if name in named
        else exchanged_text(value, subjects.kinds(), exchange)
        for name, value in where.items()
    }
    if kind.subject in where:
        before = exchanged(kind.subject, where[kind.subject], lambda _kind, number: number)
        if found[kind.subject] != before:
            # Which link of another email it is, nobody knows.
            found |= dict.fromkeys(found.keys() & {*kind.choices_of_subject}, NONE)
    return found


def is_event_key(key: object) -> bool:
    """Say whether such an event can happen: a registered one, or a client's own.

    Nobody may tell us one in the name of our own apps that they don't know.
    """
    if not isinstance(key, str) or key in event_types:
        return isinstance(key, str)
    return KEY.fullmatch(key) is not None and key.split(".")[0] not in settings.LOCAL_APPS


def check(event: str, config: Mapping[str, Any]) -> None:
    """Refuse what cannot be taken."""
    check_where(event, config)
    check_count(config)
    _check_total(kind_of(event), config)
    spans.check(config)
    _check_which(event, config)


def check_count(config: Mapping[str, Any]) -> None:
    """Refuse what is no number of times."""
    _check_pair(config, "count", {"op", "value"}, COUNTS)
    count = config.get("count")
    if count is not None:
        a_whole_number(count.get("value"), "count.value", least=0, most=LARGEST)


def check_where(event: str, config: Mapping[str, Any]) -> None:
    """Refuse conditions that events of the type do not have, and values nothing can equal."""
    where = config.get("where")
    if where is None:
        return
    if not isinstance(where, Mapping) or len(where) > MOST_CONDITIONS:
        raise refuse("where", "invalid", _("An object of conditions is expected."))
    for name, wanted in where.items():
        a_text(name, "where")
        _check_condition(kind_of(event), name, wanted, f"where.{name}"[:300])


def refuse_hidden(where: Any) -> None:
    """Refuse to ask about changes of a field that the writer may not see."""
    if (place := next(masking.places({"where": where}), None)) is not None:
        raise refuse(place, "unknown_field", _("There is no field of this name."))


def _check_condition(kind: type[EventType], name: str, wanted: Any, place: str) -> None:
    is_own = issubclass(kind, CustomEvent)
    if not is_own and name not in {*kind.conditions, *kind.numbers, kind.subject}:
        message = _("Events of this type have no such condition.")
        raise refuse(place, "unknown_field", message)
    if isinstance(wanted, Mapping):
        try:
            comparing.check(kind, name, wanted, timed=True)
        except FilterProblem as problem:
            raise FilterProblem(
                [
                    {**error, "field": f"{place}.{error['field']}".strip(".")}
                    for error in problem.errors
                ]
            ) from problem
        return
    for item in a_list(wanted, place) if isinstance(wanted, list) else [wanted]:
        if name == kind.subject and not is_own:
            a_whole_number(item, place)
        elif name in kind.numbers:
            a_number(item, place)
        elif not isinstance(item, int | float | Decimal):
            a_text(item, place)


def _check_pair(
    config: Mapping[str, Any], key: str, keys: set[str], operators: Mapping[str, Any]
) -> None:
    given = config.get(key)
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise refuse(key, "invalid", _("An object with op and value is expected."))
    for name in given:
        if name not in keys:
            raise refuse(f"{key}.{name}"[:300], "unknown_field", _("This key is not known."))
    if given.get("op") not in operators:
        raise refuse(f"{key}.op", "invalid_operator", _("This operator is not known here."))


def _check_total(kind: type[EventType], config: Mapping[str, Any]) -> None:
    total = config.get("total")
    if total is None:
        return
    _check_pair(config, "total", {"of", "op", "value"}, dict.fromkeys(SUMS))
    if config.get("count") is not None:
        message = _("A number of times and a total are two conditions.")
        raise refuse("total", "invalid", message)
    name = a_text(total.get("of"), "total.of", longest=200)
    if not issubclass(kind, CustomEvent) and name not in kind.numbers:
        message = _("Events of this type have no such number.")
        raise refuse("total.of", "unknown_field", message)
    if total.get("value") is None:
        raise refuse("total.value", "required", _("A value is needed here."))
    if total["op"] == BETWEEN:
        comparing.two_numbers(total["value"], "total.value")
    else:
        a_number(total["value"], "total.value")


def _check_which(event: str, config: Mapping[str, Any]) -> None:
    which = config.get("which")
    if which is None:
        return
    if which not in EXTREMES:
        message = _("One of these is expected: %(names)s.")
        raise refuse("which", "invalid_choice", message % {"names": ", ".join(EXTREMES)})
    kind = event_types.get(event)
    others = [key for key in ("where", "count", "total") if config.get(key)]
    if kind is None or not kind.counted or others:
        message = _(
            "The first and the last are known of all events of a type of the product only,"
            " without where, count and total."
        )
        raise refuse("which", "invalid", message)
    if not any(config.get(key) is not None for key in spans.KEYS):
        message = _("Say when: within, after or before.")
        raise refuse("which", "required", message)


def check_meant(config: Mapping[str, Any]) -> None:
    """Refuse what nobody means when it is written: fewer than none, within no time."""
    count = config.get("count") or {}
    if count.get("op") == "lt" and not int(count["value"]):
        raise refuse("count.value", "out_of_range", _("The number is out of range."))
    spans.check_meant(config)
