"""Which figures a request asks for: `version`, `since` and `until`."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter

from api.errors import Refused
from campaigns.models import Campaign
from campaigns.services.choosing import FIRST, LAST, Choice
from kernel.ids import read_id

CHOICE = ("version", "since", "until")
PARAMETERS = [
    OpenApiParameter(
        "version",
        int,
        description=gettext_lazy("The number of a version: only ways that began in it."),
    ),
    OpenApiParameter("since", date, description=gettext_lazy("The first day of the time.")),
    OpenApiParameter(
        "until", date, description=gettext_lazy("The last day of the time, included.")
    ),
]


def read_choice(query: Any, campaign: Campaign, owner: int | None) -> Choice:
    """Return what is asked for; `Refused` for a version or a day that is none."""
    since, until = _day(query, "since"), _day(query, "until")
    if since and until and until < since:
        raise Refused(_("The end lies before the start."), "invalid", "until")
    version = version_of(campaign, query["version"]) if "version" in query else None
    return Choice(version, since, until, owner)


def version_of(campaign: Campaign, number: Any) -> int:
    """Return the id of a campaign's version by its number; `Refused` where there is none."""
    found: int | None = (
        campaign.versions.filter(number=read_id(number) or 0).values_list("pk", flat=True).first()
    )
    # Never everybody's instead.
    if found is None:
        raise Refused(_("There is no such version."), "unknown_version", "version")
    return found


def _day(query: Any, name: str) -> date | None:
    if name not in query:
        return None
    try:
        day = date.fromisoformat(query[name])
    except ValueError:
        day = None
    if day is None or day.isoformat() != query[name] or not FIRST <= day < LAST:
        raise Refused(_("A day is expected: 2026-11-22."), "invalid_date", name)
    return day
