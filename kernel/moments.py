"""Days and hours as people read them: one style on every screen, in the language in force.

`frontend/src/page/moments.ts` writes the same in the islands.
"""

from datetime import date, datetime, time

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language

from kernel import clock

# English as it is read in Europe: the day before the month.
OURS = {"en": "en_GB"}


def here(instant: datetime) -> datetime:
    """Return an instant as clocks show it in the zone in force; see `clock.there`."""
    return clock.there(instant, timezone.get_current_timezone())


def day(value: date, language: str = "") -> str:
    """Write `9 Nov 2026`; an instant by the day it has in the zone in force."""
    return _written(value, "d MMM y", language)


def day_of_year(value: date, language: str = "") -> str:
    """Write `9 Nov`, where the year is plain."""
    return _written(value, "d MMM", language)


def month(value: date, language: str = "") -> str:
    """Write `Nov 2026`."""
    return _written(value, "MMM y", language)


def month_of_year(value: date, language: str = "") -> str:
    """Write `Nov`."""
    return _written(value, "MMM", language)


def weekday(value: date, language: str = "") -> str:
    """Write `Monday 9 Nov`."""
    return _written(value, "EEEE d MMM", language)


def hour(value: datetime | time) -> str:
    """Write `14:05`, an instant as clocks show it in the zone in force."""
    local = _here(value) if isinstance(value, datetime) else value
    return local.strftime("%H:%M")


def moment(value: datetime, language: str = "") -> str:
    """Write `9 Nov 2026, 14:05`."""
    return f"{day(value, language)}, {hour(value)}"


def locale_of(language: str) -> Locale:
    """Return how a language writes; English where it is not known."""
    wanted = OURS.get(language, language or "en_GB")
    try:
        return Locale.parse(wanted, sep="-" if "-" in wanted else "_")
    except (ValueError, UnknownLocaleError):
        return Locale("en", "GB")


def _written(value: date, pattern: str, language: str) -> str:
    local = _here(value).date() if isinstance(value, datetime) else value
    locale = locale_of(language or get_language() or "en")
    if locale.language == "fr" and local.day == 1:
        # The first of a month is an ordinal, the others are not.
        pattern = pattern.replace("d ", "d'er' ")
    return str(format_date(local, pattern, locale=locale))


def _here(value: datetime) -> datetime:
    return here(value) if timezone.is_aware(value) else value
