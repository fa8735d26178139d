"""Dates, times of day and instants, in the one spelling in which they are kept."""

import re
from calendar import isleap
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_noop as _

from contacts.values.problem import ValueProblem
from kernel import clock

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,]+ ?(?:Z|z|[+-][0-9]{2}:?(?:[0-9]{2})?)"
)
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,]+")


_ENDS = {
    2: {30: _("February has no 30th."), 31: _("February has no 31st.")},
    4: {31: _("April has no 31st.")},
    6: {31: _("June has no 31st.")},
    9: {31: _("September has no 31st.")},
    11: {31: _("November has no 31st.")},
}


def impossible(year: int, month: int, day: int) -> ValueProblem | None:
    """Say why there is no such day; None where there is one, or for a year out of range."""
    if not date.min.year <= year <= date.max.year:
        return None
    if not 1 <= month <= 12:
        return ValueProblem("invalid_date", _("There is no month %(month)s."), {"month": month})
    if not 1 <= day <= 31:
        return ValueProblem("invalid_date", _("No month has a day %(day)s."), {"day": day})
    if month == 2 and day == 29 and not isleap(year):
        words = _("February %(year)s has no 29th.")
        return ValueProblem("invalid_date", words, {"year": year})
    words = _ENDS.get(month, {}).get(day, "")
    return ValueProblem("invalid_date", words) if words else None


def day(raw: Any) -> str:
    """Check a date: `2026-11-22`."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw.isoformat()
    if isinstance(raw, str) and _DATE.fullmatch(raw.strip()):
        year, month, number = map(int, raw.strip().split("-"))
        if problem := impossible(year, month, number):
            raise problem
        if year:
            return date(year, month, number).isoformat()
    raise ValueProblem("invalid_date", _("This is not a date: write it as 2026-11-22."))


def time_of_day(raw: Any) -> str:
    """Check a time of day: `09:30`, with seconds only where there are any."""
    if isinstance(raw, time):
        raw = raw.isoformat("seconds")
    written = _TIME.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if written is None:
        raise ValueProblem("invalid_time", _("This is not a time of day: write it as 09:30."))
    hours, minutes, seconds = written.groups()
    return f"{hours}:{minutes}" + (f":{seconds}" if seconds not in {None, "00"} else "")


def instant(raw: Any) -> str:
    """Check an instant with its offset; it is kept in UTC: `2026-11-22T10:00:00.123Z`."""
    try:
        if isinstance(raw, datetime):
            return clock.iso(clock.parse_instant(raw.isoformat()))
        if isinstance(raw, str) and _INSTANT.fullmatch(raw.strip()):
            if problem := impossible(*map(int, raw.strip()[:10].split("-"))):
                raise ValueProblem("invalid_datetime", problem.text, problem.values)
            return clock.iso(clock.parse_instant(raw.strip().replace(" ", "T", 1)))
    except (ValueError, OverflowError):
        pass
    if isinstance(raw, str) and _LOCAL.fullmatch(raw.strip()):
        raise ValueProblem("offset_missing", _("An offset is needed: 2026-11-22T10:00:00+01:00."))
    raise ValueProblem(
        "invalid_datetime", _("This is not a moment: write it as 2026-11-22T10:00:00Z.")
    )
