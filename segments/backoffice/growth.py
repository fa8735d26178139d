"""The tab that tells how a segment grew: a chart, and the same as a table."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.attachments import tab
from backoffice.charts import Chart, Series, draw
from backoffice.columns import number
from kernel import clock, moments
from kernel.permissions import whose
from segments.services.growth import Day, growth, seen_of


@tab("segments", "growth", _lazy("Growth"), "segments/growth.html", order=20, kind="contacts")
def _growth(request: HttpRequest, segment: Any) -> dict[str, Any]:
    user: Any = request.user
    seen = seen_of(whose(user, "contacts"))
    days = growth(segment.pk, segment.shown_members, clock.now(), seen=seen)
    if days is None:
        return {"days": None}
    moved = any(day.entered or day.left for day in days)
    return {"days": days, "chart": _drawn(days), "moved": moved}


def _drawn(days: list[Day]) -> Chart | None:
    summary = _("From %(first)s to %(last)s members in %(days)s days")
    first, last = days[0].members - days[0].entered + days[0].left, days[-1].members
    moved = [
        place
        for place, day in enumerate(days)
        if day.entered or day.left or place in (0, len(days) - 1)
    ]
    return draw(
        [moments.day_of_year(day.day) for day in days],
        [
            Series(_("Entered"), [day.entered for day in days], drawn=False),
            Series(_("Left"), [day.left for day in days], drawn=False),
            Series(_("Members"), [day.members for day in days], line=True, area=True),
        ],
        summary % {"first": number(first), "last": number(last), "days": len(days)},
        rows=moved,
    )
