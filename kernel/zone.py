"""The workspace's time zone: every day of every filter and report begins at its midnight."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from kernel import preferences

KEY = "workspace.timezone"


def _check(value: Any) -> str:
    if value not in available_timezones():
        raise ValueError(_("This time zone is not known."))
    return str(value)


preferences.declare(KEY, "UTC", _check)


def workspace_zone() -> ZoneInfo:
    """Return the zone in force."""
    return ZoneInfo(preferences.get(KEY))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
