"""Moments as people say them."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kernel import clock, moments


def ago(when: datetime | None) -> str:
    """Say a moment as people do: minutes and hours of today, yesterday, else the day."""
    if when is None:
        return "\N{EN DASH}"
    now = clock.now()
    passed = (now - when).total_seconds()
    here, today = moments.here(when), moments.here(now).date()
    if 0 <= passed < 60:
        return _("just now")
    if 0 <= passed < 3600:
        return _("%(minutes)d min ago") % {"minutes": passed // 60}
    if 0 <= passed < 6 * 3600:
        return _("%(hours)d h ago") % {"hours": passed // 3600}
    if here.date() == today:
        return _("Today, %(time)s") % {"time": moments.hour(here)}
    if (today - here.date()).days == 1:
        return _("Yesterday, %(time)s") % {"time": moments.hour(here)}
    if here.year == today.year:
        return moments.day_of_year(here)
    return moments.day(here)


def left(rest: timedelta) -> str:
    """Say how much longer something takes."""
    seconds = int(rest.total_seconds())
    if seconds < 1:
        return _("less than 1 s left")
    if seconds < 60:
        return _("%(seconds)d s left") % {"seconds": seconds}
    if seconds < 3600:
        minutes = {"minutes": seconds // 60, "seconds": seconds % 60}
        return _("%(minutes)d min %(seconds)d s left") % minutes
    hours = {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}
    return _("%(hours)d h %(minutes)d min left") % hours
