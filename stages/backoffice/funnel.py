"""The funnel on screen: a bar for each stage, and who stands behind it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
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
from kernel.zone import midnight, workspace_zone
from stages.services import funnel
from stages.services.funnel import Bar, Period

PATIENCE_MS = 5_000
DAYS = (30, 90, 365)
USUAL = 90
SHOWN = 100
# Days nobody asks beyond; as instants they need a room in each zone.
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)

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
    # Widths of the bars: of the widest one, in per cent.
    share: str
    # Of the bar before, and how many of that did not come so far; empty of the first.
    rate: str
    lost: int
    # Of the first bar.
    whole: str
    stayed: str
    # Where the greatest share stays behind.
    narrowest: bool


class Asked(NamedTuple):
    """The time that was asked for, between two days, both included; so many days to this one."""

    days: int | None
    since: date
    until: date

    def query(self) -> str:
        """Write it as a part of an address."""
        if self.days:
            return urlencode({"days": self.days})
        return urlencode({"since": self.since.isoformat(), "until": self.until.isoformat()})


class Funnel(Permitted, View):
    """How far people came in a time."""

    kind = "stages"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw the bars, and list who stands behind the one that was chosen."""
        now = clock.now()
        today = now.astimezone(workspace_zone()).date()
        context: dict[str, Any] = {"spans": [(each, _span(each)) for each in DAYS]}
        if wrong := _wrong(request.GET, today):
            typed = {name: request.GET.get(name, "") for name in ("since", "until")}
            return render(
                request, "stages/funnel.html", {**context, "wrong": wrong, **typed}, status=400
            )
        asked = _asked(request.GET, today)
        owner = whose(_user(request), "contacts")
        context |= {
            "asked": asked,
            "query": asked.query(),
            "since": asked.since.isoformat(),
            "until": asked.until.isoformat(),
        }
        with suppress(_TooSlow), within_time(_TooSlow, PATIENCE_MS):
            context |= _read(_period(asked, owner), request.GET.get("stage", ""))
        return render(request, "stages/funnel.html", context)


def _wrong(query: QueryDict, today: date) -> dict[str, str]:
    """Say what is wrong with a time of one's own, by field."""
    given = {name: query.get(name, "") for name in ("since", "until")}
    wrong = {
        name: _("A day is expected.") for name, text in given.items() if text and not _day(text)
    }
    since, until = _day(given["since"]), _day(given["until"])
    if until and not given["since"]:
        wrong["since"] = _("A day is expected.")
    elif since and since > today:
        wrong["since"] = _("This day is still to come.")
    elif since and until and until < since:
        wrong["until"] = _("The end lies before the start.")
    return wrong


def _asked(query: QueryDict, today: date) -> Asked:
    """Read the time, in which nothing is wrong; of what is not said the usual one."""
    since, until = _day(query.get("since", "")), _day(query.get("until", ""))
    if since:
        return Asked(None, since, until or today)
    days = int(chosen) if (chosen := query.get("days", "")) in map(str, DAYS) else USUAL
    return Asked(days, today - timedelta(days=days - 1), today)


def _day(text: str) -> date | None:
    with suppress(ValueError):
        day = date.fromisoformat(text)
        return day if FIRST <= day < LAST and day.isoformat() == text else None
    return None


def _period(asked: Asked, owner: int | None) -> Period:
    zone = workspace_zone()
    until = midnight(asked.until + timedelta(days=1), zone)
    return Period(midnight(asked.since, zone), until, owner)


def _user(request: HttpRequest) -> Any:
    return request.user


def _read(period: Period, chosen: str) -> dict[str, Any]:
    rows = _rows(funnel.funnel(period))
    place = next((place for place, row in enumerate(rows) if row.key == chosen), None)
    if place is None:
        return {"rows": rows, "last": rows[-1]}
    ids = funnel.people(period, place, limit=SHOWN + 1)
    people = Contact.objects.filter(pk__in=ids[:SHOWN]).order_by("pk")
    more = len(ids) > SHOWN
    return {"rows": rows, "last": rows[-1], "opened": rows[place], "people": people, "more": more}


def _rows(bars: Sequence[Bar]) -> list[Row]:
    most = max([bar.people for bar in bars] + [1])
    rates = [bar.rate for bar in bars if bar.rate is not None]
    least = min(rates) if len(rates) > 1 and min(rates) < max(rates) else None
    return [
        Row(
            key=str(bar.stage.pk) if bar.stage else "visitors",
            name=bar.stage.name if bar.stage else _("Visitors"),
            people=bar.people,
            # With a point: SVG reads no comma.
            share=f"{100 * bar.people / most:.2f}",
            rate="" if bar.rate is None else _percent(bar.rate),
            lost=before.people - bar.people if before else 0,
            whole=_percent(bar.people / bars[0].people) if bars[0].people else "",
            stayed=_stayed(bar.median) if bar.median else "",
            narrowest=least is not None and bar.rate == least,
        )
        for before, bar in zip([None, *bars], bars, strict=False)
    ]


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
