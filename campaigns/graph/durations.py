"""Durations and instants in a step's settings."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph.problems import Problems
from kernel import clock

# By the calendar: so many months or years, ten years at most.
CALENDAR = re.compile(r"([0-9]{1,3})(mo|y)")
MOST_MONTHS = 120


def check_duration(
    value: Any, problems: Problems, *, signed: bool = False, calendar: bool = False
) -> None:
    """Note a duration that cannot be read; `calendar`: months and years are taken, too."""
    if calendar and isinstance(value, str) and (span := months(value)) is not None:
        if span > MOST_MONTHS:
            problems.add("invalid_duration", _("That is longer than ten years."))
        return
    text = value.removeprefix("-") if signed and isinstance(value, str) else value
    try:
        if not isinstance(text, str):
            raise ValueError(text)
        clock.parse_duration(text)
    except ValueError:
        problems.add("invalid_duration", _wrong(text))


def _wrong(text: object) -> str:
    """Say what is wrong with the number, which people write apart from its unit."""
    written = re.fullmatch(r"(-?)(\d+)([.,]\d+)?[smhdw]", text) if isinstance(text, str) else None
    if written is None:
        return _("Write a whole number with its unit, such as 90s, 10m, 1h, 3d or 2w.")
    if written[1]:
        return _("Less than 0 is not possible: write 0 or more.")
    if written[3]:
        return _("Write a whole number.")
    return _("That is longer than ten years.")


def months(text: str) -> int | None:
    """Return how many months `3mo` or `1y` are; None for what is not by the calendar."""
    found = CALENDAR.fullmatch(text)
    return int(found[1]) * (12 if found[2] == "y" else 1) if found else None


def later(instant: datetime, text: str) -> datetime:
    """Return the end of a checked duration that begins at an instant.

    Months later is the same day and hour (UTC), or the last day of a shorter month.
    """
    span = months(text)
    if span is None:
        return instant + duration(text)
    year, month = divmod(instant.year * 12 + instant.month - 1 + span, 12)
    day = min(instant.day, monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)


def duration(text: str) -> timedelta:
    """Read a checked duration, which may carry a minus."""
    if text.startswith("-"):
        return -clock.parse_duration(text[1:])
    return clock.parse_duration(text)
