"""Charts over time, drawn by the server: bars, lines, one or two scales, and the same as a table.

Places across are hundredths of the width and heights are pixels, so that text keeps its size on
every screen; `backoffice/chart.html` draws what `draw` returns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backoffice.columns import number

HEIGHT, TOP = 152, 6
LINES, TICKS = 4, 6
# Between two parts of a bar, and the part of its place a bar takes.
GAP, THICK = 1, 0.68
# Lines are drawn in a space of their own that is stretched: thousandths across.
ACROSS = 1000
STEPS = (1, 2, 3, 5)


@dataclass(frozen=True)
class Series:
    """One of the things counted. Bars of several lie upon each other; a line runs over them.

    `apart` gives it the scale at the right. What is not `drawn` stands in the table alone.
    """

    label: Any
    values: Sequence[int]
    hue: int = 1
    line: bool = False
    area: bool = False
    apart: bool = False
    drawn: bool = True
    # Whether its sum means something, and stands in the legend.
    summed: bool = True

    @property
    def total(self) -> str:
        """Write its sum."""
        return number(sum(self.values))


@dataclass(frozen=True)
class Chart:
    """All a template needs to draw it, and to tell it as a table."""

    sentence: str
    # Height, and what stands left and right of each line of the grid.
    grid: list[tuple[str, str, str]]
    # Place, anchor, words; every other one is left out where it is narrow.
    ticks: list[tuple[str, str, str, bool]]
    # Hue, place, height from above, height.
    bars: list[tuple[int, str, str, str]]
    # Hue, points, the area under them.
    lines: list[tuple[int, str, str]]
    # Place and words of what one points at.
    spots: list[tuple[str, str]]
    keys: Sequence[Series]
    heads: list[Any]
    rows: list[tuple[str, list[str]]]
    bar_width: str
    spot_width: str
    two_scales: bool
    height: int = HEIGHT
    # Where the words under the axis stand.
    below: int = HEIGHT + 18
    whole: int = HEIGHT + 22


def draw(
    names: Sequence[str],
    series: Sequence[Series],
    sentence: str,
    *,
    ticks: Sequence[tuple[int, str]] | None = None,
    rows: Sequence[int] | None = None,
) -> Chart | None:
    """Lay a chart out; None where there is nothing to draw.

    `names` say when each place is; `ticks` are those named under the axis, `rows` those that the
    table tells: by itself it leaves out where nothing happened, the newest first.
    """
    drawn = [each for each in series if each.drawn]
    if not names or not any(any(each.values) for each in drawn):
        return None
    left, right = (_top([s for s in drawn if s.apart is apart]) for apart in (False, True))
    step = 100 / len(names)
    told = range(len(names)) if rows is None else rows
    return Chart(
        sentence=sentence,
        grid=_grid(left, right if any(each.apart for each in drawn) else 0),
        ticks=_ticks(names, step, ticks),
        bars=_bars(drawn, left, step),
        lines=[_line(each, right if each.apart else left) for each in drawn if each.line],
        spots=[
            (f"{place * step:.2f}%", _told(name, drawn, place)) for place, name in enumerate(names)
        ],
        keys=drawn if len(drawn) > 1 else [],
        heads=[each.label for each in series],
        rows=[
            (names[place], [number(each.values[place]) for each in series])
            for place in reversed(told)
            if rows is not None or any(each.values[place] for each in series)
        ],
        bar_width=f"{step * THICK:.2f}%",
        spot_width=f"{step:.2f}%",
        two_scales=any(each.apart for each in drawn),
    )


def _top(series: Sequence[Series]) -> int:
    """Return the top of a scale: the next round number that the lines of the grid divide."""
    piled = [sum(values) for values in zip(*(s.values for s in series if not s.line), strict=True)]
    most = max([*piled, *(value for s in series if s.line for value in s.values)], default=0)
    power = 1
    while True:
        for step in STEPS:
            if step * power * LINES >= most:
                return step * power * LINES
        power *= 10


def _y(value: float, top: int) -> float:
    return HEIGHT - (HEIGHT - TOP) * value / top


def _grid(left: int, right: int) -> list[tuple[str, str, str]]:
    parts = range(LINES + 1)
    return [
        (
            f"{_y(part, LINES):.1f}",
            number(left * part // LINES),
            number(right * part // LINES) if right else "",
        )
        for part in parts
    ]


def _ticks(
    names: Sequence[str], step: float, given: Sequence[tuple[int, str]] | None
) -> list[tuple[str, str, str, bool]]:
    every = max(1, -(-len(names) // TICKS))
    # Counted from the end: the last one is what people look for.
    places = sorted(range(len(names) - 1, -1, -every))
    chosen = [(place, names[place]) for place in places] if given is None else list(given)
    found = []
    for order, (place, words) in enumerate(reversed(chosen)):
        middle = (place + 0.5) * step
        anchor = "start" if middle < 4 else "end" if middle > 96 else "middle"
        at = {"start": 0.0, "end": 100.0, "middle": middle}[anchor]
        found.append((f"{at:.2f}%", anchor, words, order % 2 == 1))
    return found[::-1]


def _bars(series: Sequence[Series], top: int, step: float) -> list[tuple[int, str, str, str]]:
    piled = [each for each in series if not each.line]
    found = []
    for place in range(len(piled[0].values) if piled else 0):
        bottom = float(HEIGHT)
        x = f"{place * step + step * (1 - THICK) / 2:.2f}%"
        for each in piled:
            if count := each.values[place]:
                height = (HEIGHT - TOP) * count / top
                shown = max(height - (GAP if bottom < HEIGHT else 0), 1)
                found.append((each.hue, x, f"{bottom - height:.1f}", f"{shown:.1f}"))
                bottom -= height
    return found


def _line(series: Series, top: int) -> tuple[int, str, str]:
    step = ACROSS / len(series.values)
    xs = [(place + 0.5) * step for place in range(len(series.values))]
    points = [f"{x:.1f},{_y(v, top):.1f}" for x, v in zip(xs, series.values, strict=True)]
    line = " ".join(points)
    area = f"{xs[0]:.1f},{HEIGHT} {line} {xs[-1]:.1f},{HEIGHT}" if series.area else ""
    return series.hue, line, area


def _told(name: str, series: Sequence[Series], place: int) -> str:
    counts = ", ".join(
        _("%(label)s: %(count)s") % {"label": each.label, "count": number(each.values[place])}
        for each in series
    )
    return f"{name} · {counts}"
