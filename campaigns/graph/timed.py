"""Sources that time alone makes true: a date of the contact comes, or nothing happens."""

import json
import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.graph.durations import check_duration, duration
from campaigns.graph.problems import Problems
from campaigns.graph.waits import read_time
from contacts.catalogue import FieldSpec, catalogue, whole
from kernel import clock
from kernel.events import event_types
from kernel.filters import restoring
from kernel.filters.event_settings import is_event_key

Json = dict[str, Any]
DATE, INACTIVE = "date", "inactive"
TIMED = (DATE, INACTIVE)
YEARLY, ONCE = "year", "once"
# Nobody wants to be written to at midnight.
AT = "09:00"
# Farther from its anniversary than half a year a day would be nearer to another one.
FURTHEST = timedelta(days=180)
FURTHEST_ONCE = timedelta(days=3_660)
# Nobody who is alive was born before; and the calendar ends with the year 9999.
FIRST_YEAR, LAST_YEAR = 1900, 9_999
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_DAYS = 3_660
# As many kinds of events of their own as clients may have.
MOST_KINDS = 2_000
# A key is numbered as soon as a filter or rule asks for it, though nobody ever sent it. The order
# is that of the index, so that nothing but its first entry of each key is read.
SENT = """
SELECT k.key FROM event_type k CROSS JOIN LATERAL (
  SELECT 1 FROM event e WHERE e.type_id = k.id ORDER BY e.subject_id, e.occurred_at LIMIT 1) e
WHERE k.key <> ALL(%s::text[]) ORDER BY k.id DESC LIMIT %s"""
# The longest way from a date to the day on which somebody enters for it.
YEARS = 11


def kind_of(source: Mapping[str, Any]) -> str | None:
    """Return which kind of timed source it is; None: it is none."""
    return next((kind for kind in TIMED if kind in source), None)


def is_yearly(source: Mapping[str, Any]) -> bool:
    """Say whether the same contact comes again every year."""
    return bool(source.get(DATE, {}).get("every") == YEARLY)


def mark(source: Mapping[str, Any]) -> str:
    """Return what names a source among those of its campaign, whatever its place."""
    written = json.dumps(source, sort_keys=True, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()[:32]


def check_date(config: object, problems: Problems) -> None:
    """Note what is wrong with a date source's settings."""
    if not isinstance(config, dict):
        problems.add("invalid", _("An object is expected."))
        return
    for key in set(config) - {"field", "offset", "at", "every"}:
        problems.at(str(key)[:80]).add("unknown_field", _("This setting is not known."))
    # What stands there already, others wrote, who saw the field.
    if _dated(config.get("field"), whole() if restoring.is_exempt(config) else catalogue()) is None:
        problems.at("field").add("unknown_date", _("There is no date field of this alias."))
    every = config.get("every", YEARLY)
    if every not in (YEARLY, ONCE):
        problems.at("every").add("invalid", _("Choose “year” or “once”."))
    at = config.get("at", AT)
    if not isinstance(at, str) or HOUR.fullmatch(at) is None:
        problems.at("at").add("invalid", _("A time of day is expected, such as 09:00."))
    if "offset" in config:
        _check_offset(config["offset"], every, problems.at("offset"))


def _check_offset(value: Any, every: object, problems: Problems) -> None:
    before = len(problems.found)
    check_duration(value, problems, signed=True)
    if len(problems.found) > before:
        return
    furthest = FURTHEST if every == YEARLY else FURTHEST_ONCE
    if value[-1] not in "dw":
        problems.add("invalid", _("A number of days or weeks is expected, such as 5d."))
    elif abs(duration(value)) > furthest:
        message = _("At most %(number)d days before or after.") % {"number": furthest.days}
        problems.add("out_of_range", message)


def activities() -> list[str]:
    """Return the keys of what shows that a person is active, and may be chosen."""
    return [kind.key for kind in event_types if kind.active and kind.operation]


def own_activities(most: int | None = None) -> list[str]:
    """Return the keys of what clients told us under names of their own, the newest first."""
    ours = [kind.key for kind in event_types]
    with connection.cursor() as cursor:
        cursor.execute(SENT, [ours, MOST_KINDS])
        found = [row[0] for row in cursor.fetchall()]
    # What an app that is gone has left is no client's.
    return [key for key in found if is_event_key(key)][:most]


def called(key: str) -> str:
    """Return what people call a kind of activity; that of a client has its key alone."""
    kind = event_types.get(key)
    return str(kind.label) if kind else key


def check_inactive(config: object, problems: Problems) -> None:
    """Note what is wrong with the settings of a source of inactive people."""
    if not isinstance(config, dict):
        problems.add("invalid", _("An object is expected."))
        return
    for key in set(config) - {"days", "kinds"}:
        problems.at(str(key)[:80]).add("unknown_field", _("This setting is not known."))
    days = config.get("days")
    if type(days) is not int or not 1 <= days <= MOST_DAYS:
        message = _("A whole number of days from 1 to %(most)d is expected.") % {"most": MOST_DAYS}
        problems.at("days").add("invalid", message)
    if "kinds" in config:
        _check_kinds(config["kinds"], problems.at("kinds"))


def _check_kinds(kinds: object, problems: Problems) -> None:
    if not isinstance(kinds, list) or not kinds:
        problems.add("required", _("Choose at least one kind of activity."))
    elif not {*map(str, kinds)} <= {*activities(), *own_activities()}:
        # A key nobody ever sent would find everybody inactive.
        problems.add("unknown_event", _("There is no such event."))


def stored_inactive(config: Json) -> Json:
    """Return the settings in one order, so that the same choice is the same source."""
    found: Json = {"days": config["days"]}
    return {**found, "kinds": sorted({*config["kinds"]})} if "kinds" in config else found


def stored(config: Json) -> Json:
    """Return the settings with what was left out."""
    offset = duration(config.get("offset", "0d"))
    found = {
        "field": config["field"],
        "every": config.get("every", YEARLY),
        "at": config.get("at", AT),
    }
    return {**found, "offset": config["offset"]} if offset else found


def _dated(alias: object, known: Any) -> FieldSpec | None:
    spec = known.get(alias) if isinstance(alias, str) else None
    if spec is None or spec.type not in ("date", "datetime"):
        return None
    return spec if spec.kept in ("column", "attrs") else None


def is_missing(source: Mapping[str, Any]) -> bool:
    """Say whether a source reads a field that is not here."""
    config = source.get(DATE)
    return isinstance(config, dict) and _dated(config.get("field"), catalogue()) is None


def field_of(config: Mapping[str, Any]) -> FieldSpec | None:
    """Return the field a date source reads; None once it is gone."""
    return _dated(config["field"], whole())


def hour_of(config: Mapping[str, Any]) -> time:
    """Return the time of day at which people enter."""
    return read_time(config["at"]) or time()


def days_of(config: Mapping[str, Any], entering: date, *, past: bool) -> list[str]:
    """Return the values, `YYYY-MM-DD`, of whoever enters on a day.

    `past` says that the machine writes the field: its first day is no anniversary.
    """
    day = entering - duration(config.get("offset", "0d"))
    if config["every"] == ONCE:
        return [day.isoformat()]
    years = range(FIRST_YEAR, day.year + (0 if past else 1))
    found = [f"{year}-{day:%m-%d}" for year in years]
    if (day + timedelta(days=1)).month == 3 and day.day == 28:
        # Who was born on the 29th of February has the 28th in other years.
        found += [f"{year}-02-29" for year in years]
    return found


def entries(config: Mapping[str, Any], value: str, *, past: bool) -> list[date]:
    """Return the days on which whoever has a value enters, for ten years around the present."""
    day, offset = date.fromisoformat(value), duration(config.get("offset", "0d"))
    if config["every"] == ONCE:
        days = [day]
    else:
        present = clock.now().year
        first = max(present - 2, day.year + (1 if past else 0))
        last = min(max(present, day.year) + 9, LAST_YEAR)
        days = [_in_year(day, year) for year in range(first, last + 1)]
    return [one + offset for one in days if 1 + YEARS < one.year <= LAST_YEAR - YEARS]


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
