"""The one clock: everything that needs the time is handed `now`, and it comes from here."""

import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TypeVar

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _lazy

D = TypeVar("D", date, datetime)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# Files of other systems hold 9999-12-31 for *no end*; what we plan ourselves lies between these.
FIRST, LAST = date(1900, 1, 1), date(9000, 1, 1)
# What a calendar can write.
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
END = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
OUT_OF_REACH = _lazy("A day between 1900 and 9000 is expected.")


def now() -> datetime:
    """Return the present instant in UTC, moved by the test clock where one is running."""
    return datetime.now(UTC) + offset()  # noqa: TID251 - the one place that may


def offset() -> timedelta:
    """Return how far the test clock is ahead; zero without `RELAIS_TEST_CLOCK`.

    The file is shared by all processes of a data folder, so moving it moves all of them.
    """
    path = os.environ.get("RELAIS_TEST_CLOCK")
    if not path:
        return timedelta()
    with suppress(OSError, ValueError):
        return timedelta(seconds=float(Path(path).read_text(encoding="ascii") or 0))
    return timedelta()


def move(by: timedelta) -> datetime:
    """Move the test clock and return the new present; `RuntimeError` where none is running."""
    path = os.environ.get("RELAIS_TEST_CLOCK")
    if not path:
        raise RuntimeError("This data folder was not started with --test-clock.")
    # In one step: a process that reads a half-written file would fall back to the true time.
    fresh = Path(f"{path}.new")
    fresh.write_text(str((offset() + by).total_seconds()), encoding="ascii")
    fresh.replace(path)
    return now()


def parse_duration(text: str) -> timedelta:
    """Read `90s 10m 1h 3d 2w`; `ValueError` for anything else or for more than ten years."""
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and len(number) <= 9 and unit in _UNITS):
        raise ValueError(text)
    duration = timedelta(**{_UNITS[unit]: int(number)})
    if duration > timedelta(days=3660):
        raise ValueError(text)
    return duration


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with its offset; `ValueError` for a naive or malformed one."""
    instant = parse_datetime(text)
    if instant is None or instant.tzinfo is None:
        raise ValueError(text)
    return instant.astimezone(UTC)


def is_in_reach(value: date | datetime) -> bool:
    """Say whether a day, or an instant, is one we can plan with: it lies between 1900 and 9000."""
    return FIRST <= (value.date() if isinstance(value, datetime) else value) < LAST


def there(instant: datetime, zone: tzinfo) -> datetime:
    """Return an instant as clocks show it in a zone.

    The first and last hours of the calendar have no day there: they stay in UTC.
    """
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def utc(local: datetime) -> datetime:
    """Return an instant in UTC; before the first one there is, and after the last, that one."""
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return BEGINNING if local.year == 1 else END


def later(when: D, by: timedelta) -> D:
    """Return a day or an instant so much later, or earlier, as far as the calendar goes."""
    try:
        return when + by
    except OverflowError:
        past = by < timedelta()
        if isinstance(when, datetime):
            return BEGINNING if past else END
        return date.min if past else date.max


def iso(instant: datetime) -> str:
    """Write an instant as the API does: `2026-11-22T10:00:00.123Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
