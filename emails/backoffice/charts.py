"""Lines over time, drawn by the server: no script, no style attribute, a table beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats, timezone

from backoffice.columns import number

LEFT, RIGHT, TOP, BOTTOM = 44.0, 710.0, 8.0, 128.0
LINES, LABELS = 4, 6


@dataclass(frozen=True)
class Series:
    """One line: what it is called, its class, its values."""

    label: Any
    hue: str
    values: Sequence[int]


def chart(moments: Sequence[datetime], series: Sequence[Series], *, hourly: bool) -> dict[str, Any]:
    """Return what `emails/chart.html` draws; empty where nothing happened."""
    most = max((max(line.values, default=0) for line in series), default=0)
    if not moments or not most:
        return {}
    top = _round(most)
    xs = _places(len(moments))
    return {
        "grid": [
            (f"{_y(top * step / LINES, top):.1f}", number(round(top * step / LINES)))
            for step in range(LINES + 1)
        ],
        "labels": _labels(moments, xs, hourly=hourly),
        "lines": [
            {
                "label": line.label,
                "hue": line.hue,
                "points": " ".join(
                    f"{x:.1f},{_y(value, top):.1f}"
                    for x, value in zip(xs, line.values, strict=True)
                ),
                "total": number(sum(line.values)),
            }
            for line in series
        ],
        "rows": [
            (_when(moment, hourly=hourly), [number(line.values[place]) for line in series])
            for place, moment in enumerate(moments)
            if any(line.values[place] for line in series)
        ],
        "heads": [line.label for line in series],
    }


def _round(most: int) -> int:
    """Return the top of the axis: a number that four grid lines divide."""
    step = 1
    while step * LINES < most:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step * LINES


def _places(count: int) -> list[float]:
    wide = (RIGHT - LEFT) / max(count - 1, 1)
    return [LEFT + wide * place for place in range(count)]


def _y(value: float, top: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / top


def _labels(
    moments: Sequence[datetime], xs: Sequence[float], *, hourly: bool
) -> list[tuple[str, str, str]]:
    every = max(1, -(-len(moments) // LABELS))
    shown = []
    for place in range(0, len(moments), every):
        anchor = "start" if place == 0 else "middle" if place < len(moments) - 1 else "end"
        shown.append((f"{xs[place]:.1f}", anchor, _when(moments[place], hourly=hourly)))
    return shown


def _when(moment: datetime, *, hourly: bool) -> str:
    here = timezone.localtime(moment)
    day = formats.date_format(here, "j M")
    return f"{day} {formats.time_format(here, 'H:i')}" if hourly else day
