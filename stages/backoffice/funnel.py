"""The funnel on screen: a bar for each stage, and who stands behind it."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import floatformat
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.generic import View

from backoffice.access import Permitted
from backoffice.menu import Place, register
from contacts.models import Contact
from kernel import clock
from kernel.filters.questions import within_time
from kernel.permissions import whose
from stages.services import funnel
from stages.services.funnel import Bar, Period

PATIENCE_MS = 5_000
DAYS = (30, 90, 365)
USUAL = 90
SHOWN = 100

register(
    Place(_lazy("Funnel"), "stages-funnel", "filter", 640, kind="stages", under="points"),
)


class _TooSlow(Exception):  # noqa: N818 - an answer
    """Counting took longer than a page may wait."""


class Row(NamedTuple):
    """A bar as the page shows it; `key` names it in addresses."""

    key: str
    name: str
    people: int
    most: int
    rate: str
    stayed: str


class Funnel(Permitted, View):
    """How far people came in the last days."""

    kind = "stages"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the bars, and list who stands behind the one that was chosen."""
        days = int(chosen) if (chosen := request.GET.get("days", "")) in map(str, DAYS) else USUAL
        now = clock.now()
        period = Period(now - timedelta(days=days), now, whose(_user(request), "contacts"))
        context: dict[str, Any] = {"days": days, "spans": [(each, _span(each)) for each in DAYS]}
        with suppress(_TooSlow), within_time(_TooSlow, PATIENCE_MS):
            context |= _read(period, request.GET.get("stage", ""))
        return render(request, "stages/funnel.html", context)


def _user(request: HttpRequest) -> Any:
    return request.user


def _read(period: Period, chosen: str) -> dict[str, Any]:
    bars = funnel.funnel(period)
    most = max([bar.people for bar in bars] + [1])
    rows = [_row(bar, most) for bar in bars]
    place = next((place for place, row in enumerate(rows) if row.key == chosen), None)
    if place is None:
        return {"rows": rows}
    ids = funnel.people(period, place, limit=SHOWN + 1)
    people = Contact.objects.filter(pk__in=ids[:SHOWN]).order_by("pk")
    return {"rows": rows, "opened": rows[place], "people": people, "more": len(ids) > SHOWN}


def _row(bar: Bar, most: int) -> Row:
    rate = "" if bar.rate is None else _percent(bar.rate)
    name = bar.stage.name if bar.stage else _("Visitors")
    key = str(bar.stage.pk) if bar.stage else "visitors"
    return Row(key, name, bar.people, most, rate, _stayed(bar.median) if bar.median else "")


def _percent(share: float) -> str:
    return _("%(number)s%%") % {"number": floatformat(100 * share, -1)}


def _stayed(time: timedelta) -> str:
    hours = round(time.total_seconds() / 3_600)
    if hours >= 48:
        days = round(time.total_seconds() / 86_400)
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": number_format(days)}
    if hours:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return _("less than an hour")


def _span(days: int) -> str:
    return _("%(days)s days") % {"days": days}


urlpatterns = [path("stages/funnel", Funnel.as_view(), name="stages-funnel")]
