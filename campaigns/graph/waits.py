"""The settings of a wait: for a while, until a moment, a date of the contact, or a time of day."""

from datetime import time
from typing import Any

from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _

from campaigns.graph.durations import check_duration
from campaigns.graph.problems import Problems
from contacts.catalogue import catalogue, whole
from kernel import clock
from kernel.filters import restoring

Json = dict[str, Any]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = frozenset({"weekdays", "from", "to", "zone"})


def clean(config: Json, problems: Problems) -> Json:
    """Return a wait's settings as they are stored; what is wrong is noted."""
    for key in config:
        if key not in ("for", "until"):
            problems.at(str(key)[:80]).add("unknown_field", _("This setting is not known."))
    if ("for" in config) == ("until" in config):
        problems.add("required", _("A wait needs either “for” or “until”."))
    elif "for" in config:
        check_duration(config["for"], problems.at("for"), calendar=True)
    else:
        _check_until(config["until"], problems.at("until"))
    return config


def _check_until(until: object, problems: Problems) -> None:
    if not isinstance(until, dict) or not until:
        problems.add("invalid", _("An object is expected."))
    elif set(until) == {"date"}:
        _check_instant(until["date"], problems.at("date"))
    elif "field" in until and set(until) <= {"field", "offset"}:
        _check_field(until, problems)
    elif set(until) <= _WINDOW and set(until) != {"zone"}:
        _check_window(until, problems)
    else:
        message = _("Give a date, a field with an offset, or weekdays and hours.")
        problems.add("invalid", message)


def _check_instant(value: Any, problems: Problems) -> None:
    try:
        instant = clock.parse_instant(value)
    except (ValueError, TypeError, OverflowError):
        message = _("An instant with its offset is expected: 2026-11-22T10:00:00Z.")
        problems.add("invalid_instant", message)
        return
    if not clock.is_in_reach(instant):
        problems.add("out_of_range", str(clock.OUT_OF_REACH))


def _check_field(until: Json, problems: Problems) -> None:
    # What stands there already, others wrote, who saw the field.
    fields = whole() if restoring.is_exempt(until) else catalogue()
    spec = fields.get(until["field"]) if isinstance(until["field"], str) else None
    if spec is None or spec.type not in ("date", "datetime"):
        problems.at("field").add("unknown_date", _("There is no date field of this alias."))
    if "offset" in until:
        check_duration(until["offset"], problems.at("offset"), signed=True)


def _check_window(until: Json, problems: Problems) -> None:
    days = until.get("weekdays", list(DAYS))
    if not isinstance(days, list) or not days or not all(_day(day) is not None for day in days):
        problems.at("weekdays").add(
            "invalid", _("A list of days is expected: 1 or mon to 7 or sun.")
        )
    for end in ("from", "to"):
        if end in until and read_time(until[end]) is None:
            problems.at(end).add("invalid", _("A time of day is expected, such as 09:00."))
    begins = read_time(until.get("from"))
    if begins is not None and begins == read_time(until.get("to")):
        problems.at("to").add("invalid", _("The end must be another time than the beginning."))
    if until.get("zone", "workspace") not in ("contact", "workspace"):
        problems.at("zone").add("invalid", _("Choose “contact” or “workspace”."))


def weekdays(until: Json) -> set[int]:
    """Return the days of a window, 1 is Monday."""
    found = {_day(day) for day in until.get("weekdays", DAYS)}
    return {day for day in found if day is not None}


def _day(value: object) -> int | None:
    if isinstance(value, str) and value.lower() in DAYS:
        return DAYS.index(value.lower()) + 1
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 7:
        return value
    return None


def read_time(value: object) -> time | None:
    """Read `HH:MM[:SS]`; None for anything else."""
    try:
        found = parse_time(value) if isinstance(value, str) and len(value) <= 8 else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is None else None
