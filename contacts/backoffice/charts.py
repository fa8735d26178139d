"""The chart of engagement, drawn by the server."""

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.services.engagement import Week

LABELS = (_lazy("Opened"), _lazy("Clicked"), _lazy("Visited"))
HEIGHT, TOP = 104, 6
# Between two parts of a bar.
GAP = 1


@dataclass(frozen=True)
class Piece:
    """One part of a bar, in percent across and pixels down."""

    series: int
    x: str
    y: str
    height: str


@dataclass(frozen=True)
class Chart:
    """All a template needs to draw it, and to tell it as a table."""

    weeks: list[Week]
    pieces: list[Piece]
    # Height and number of each line of the grid.
    grid: list[tuple[str, int]]
    # Place and name of each month.
    months: list[tuple[str, str]]
    labels: tuple[object, ...]
    sentence: str
    width: str

    @property
    def rows(self) -> list[tuple[str, tuple[int, ...]]]:
        """The table: each week that had anything."""
        named = [
            (formats.date_format(week.monday, "SHORT_DATE_FORMAT"), week) for week in self.weeks
        ]
        return [(name, week.counts) for name, week in reversed(named) if week.total]

    @property
    def empty(self) -> bool:
        """Whether there was nothing at all."""
        return not self.pieces


def chart(weeks: list[Week]) -> Chart:
    """Lay the bars out."""
    top = _ceiling(max(week.total for week in weeks))
    step = 100 / len(weeks)
    scale = (HEIGHT - TOP) / top
    pieces = []
    for place, week in enumerate(weeks):
        bottom = float(HEIGHT)
        for series, count in enumerate(week.counts, 1):
            if count:
                height = count * scale
                x, y = f"{place * step + step * 0.18:.2f}%", f"{bottom - height:.1f}"
                pieces.append(Piece(series, x, y, f"{max(height - GAP, 1):.1f}"))
                bottom -= height
    totals = [sum(week.counts[series] for week in weeks) for series in range(len(LABELS))]
    said = _("In six months: opened %(opened)s, clicked %(clicked)s, visited %(visited)s times.")
    return Chart(
        weeks=weeks,
        pieces=pieces,
        grid=[(f"{HEIGHT - part * scale:.1f}", int(part)) for part in (0, top // 2, top)],
        months=_months(weeks, step),
        labels=LABELS,
        sentence=said % dict(zip(("opened", "clicked", "visited"), totals, strict=True)),
        width=f"{step * 0.64:.2f}%",
    )


def _ceiling(most: int) -> int:
    """Return an even number not below, with a handsome half."""
    steps = (2, 4, 6, 8, 10, 12, 16, 20, 30, 40, 60, 80, 100)
    return next((step for step in steps if step >= most), -(-most // 100) * 100)


def _months(weeks: list[Week], step: float) -> list[tuple[str, str]]:
    """Name each month over its first whole week."""
    found = []
    for place, week in enumerate(weeks):
        begins = place and week.monday.month != weeks[place - 1].monday.month
        if begins and place < len(weeks) - 1:
            found.append((f"{place * step:.2f}%", formats.date_format(week.monday, "M")))
    return found
