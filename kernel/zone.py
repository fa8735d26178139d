"""The workspace's time zone: every day of every filter and report begins at its midnight."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kernel import clock, preferences, zone_names
from kernel.changes import announce_everyone

KEY = "workspace.timezone"


def _check(value: Any) -> str:
    if value not in zone_names.known():
        raise ValueError(_("This time zone is not known."))
    return str(value)


# The same in SQL.
ZONE = f"""coalesce((SELECT value #>> '{{}}' FROM preference WHERE key = '{KEY}'), 'UTC')"""  # noqa: S608 - ours
# What a filter reads when its days begin at midnight in this zone.
READ = f"setting:{KEY}"


def _changing(old: Any, new: Any) -> None:
    if old != new:
        announce_everyone([READ])


preferences.declare(KEY, "UTC", _check, _changing)


def workspace_zone() -> ZoneInfo:
    """Return the zone in force."""
    return ZoneInfo(preferences.get(KEY))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a zone.

    East of Greenwich the first day of the calendar begins with the first instant there is.
    """
    return clock.utc(datetime.combine(day, time(), zone))
