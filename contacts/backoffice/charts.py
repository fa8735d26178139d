"""The chart of somebody's engagement: opens, clicks and visits by the week."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.charts import Chart, Series, draw
from backoffice.columns import number
from contacts.services.engagement import Week
from kernel import moments

LABELS = (_lazy("Opened"), _lazy("Clicked"), _lazy("Visited"))


def chart(weeks: Sequence[Week]) -> Chart | None:
    """Draw half a year; None where nothing happened."""
    series = [
        Series(label, [week.counts[place] for week in weeks], place + 1)
        for place, label in enumerate(LABELS)
    ]
    said = _("In six months: opened %(opened)s, clicked %(clicked)s, visited %(visited)s times.")
    opened, clicked, visited = (number(sum(each.values)) for each in series)
    return draw(
        [moments.day(week.monday) for week in weeks],
        series,
        said % {"opened": opened, "clicked": clicked, "visited": visited},
        ticks=_months(weeks),
    )


def _months(weeks: Sequence[Week]) -> list[tuple[int, str]]:
    """Name each month under its first whole week."""
    return [
        (place, moments.month_of_year(week.monday))
        for place, week in enumerate(weeks)
        if place and week.monday.month != weeks[place - 1].monday.month
    ]
