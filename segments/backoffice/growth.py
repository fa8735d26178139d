"""The tab that tells how a segment grew: a chart drawn here, and the same as a table."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.attachments import tab
from backoffice.columns import number
from kernel import clock
from kernel.permissions import Reach
from segments.services.growth import Day, growth

WIDTH, HEIGHT, LEFT, BOTTOM = 1080, 240, 56, 24
LINES = 4
LABELS = 6
OWN = "e.contact_id IN (SELECT id FROM contact WHERE owner_id = %(seen_0)s)"


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what stands there."""

    at: float
    label: str


@tab("segments", "growth", _lazy("Growth"), "segments/growth.html", order=20, kind="contacts")
def _growth(request: HttpRequest, segment: Any) -> dict[str, Any]:
    user: Any = request.user
    whole = user.reach("contacts", "view") is Reach.ALL
    seen: tuple[str, tuple[Any, ...]] = ("true", ()) if whole else (OWN, (user.pk,))
    days = growth(segment.pk, segment.shown_members, clock.now(), seen=seen)
    if days is None:
        return {"days": None}
    drawn = _drawn(days)
    return {"days": days[::-1], "chart": drawn, "moved": any(d.entered or d.left for d in days)}


def _drawn(days: list[Day]) -> dict[str, Any]:
    most = max(1, *(day.members for day in days))
    step = _round_step(most)
    top = step * LINES
    across = (WIDTH - LEFT) / max(1, len(days) - 1)

    def height(value: float) -> float:
        return round(8 + (HEIGHT - BOTTOM - 8) * (1 - value / top), 1)

    points = [(round(LEFT + at * across, 1), height(day.members)) for at, day in enumerate(days)]
    line = " ".join(f"{x},{y}" for x, y in points)
    every = max(1, len(days) // LABELS)
    first, last = days[0].members - days[0].entered + days[0].left, days[-1].members
    summary = _("From %(first)s to %(last)s members in %(days)s days")
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "line": line,
        "area": f"{LEFT},{height(0)} {line} {points[-1][0]},{height(0)}",
        "rows": [Tick(height(step * at), number(step * at)) for at in range(LINES + 1)],
        "columns": [
            Tick(points[at][0], formats.date_format(days[at].day, "MONTH_DAY_FORMAT"))
            for at in range(0, len(days) - every // 2, every)
        ],
        "summary": summary % {"first": number(first), "last": number(last), "days": len(days)},
    }


def _round_step(most: int) -> int:
    """Return a round distance of the lines, so that four of them reach above the most."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * LINES >= most:
                return factor * power
        power *= 10
