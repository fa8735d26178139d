"""Says the days and periods of filters in words."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext

from kernel import moments

WORDS = {
    "today": _lazy("today"),
    "yesterday": _lazy("yesterday"),
    "tomorrow": _lazy("tomorrow"),
    "last_week": _lazy("last week"),
    "this_week": _lazy("this week"),
    "next_week": _lazy("next week"),
    "last_month": _lazy("last month"),
    "this_month": _lazy("this month"),
    "next_month": _lazy("next month"),
    "last_year": _lazy("last year"),
    "this_year": _lazy("this year"),
    "next_year": _lazy("next year"),
}


def said_period(written: Any) -> str:
    """Say a day, an instant, a word or a shift, as a person wrote it."""
    if isinstance(written, dict):
        unit, number = next(iter(written.items()))
        span = _span(unit, abs(number)) % {"count": abs(number)}
        if number < 0:
            return _("%(span)s ago") % {"span": span}
        return _("in %(span)s") % {"span": span}
    if written in WORDS:
        return str(WORDS[written])
    return _said_day(str(written))


def _said_day(written: str) -> str:
    """Say a day or an instant as screens write them; what is neither stays as it stands."""
    try:
        if len(written) == len("2026-11-22"):
            said = moments.day(date.fromisoformat(written))
        else:
            said = moments.moment(datetime.fromisoformat(written))
    except ValueError:
        return written
    return pgettext("a day within a sentence", "%(day)s") % {"day": said}


def _span(unit: str, number: int) -> str:
    return {
        "minutes": ngettext("%(count)s minute", "%(count)s minutes", number),
        "hours": ngettext("%(count)s hour", "%(count)s hours", number),
        "days": ngettext("%(count)s day", "%(count)s days", number),
        "weeks": ngettext("%(count)s week", "%(count)s weeks", number),
        "months": ngettext("%(count)s month", "%(count)s months", number),
        "years": ngettext("%(count)s year", "%(count)s years", number),
    }[unit]
