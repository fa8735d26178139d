"""The geometry of a chart by day: bars of mails, a line of new contacts, on scales of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 40, 10, 24
LINES = 4
LABELLED_EVERY = 7


@dataclass(frozen=True)
class Bar:
    """One day: its bar, and the point of the line over it."""

    day: date
    mails: int
    contacts: int
    x: float
    middle: float
    y: float
    width: float
    height: float
    point: float
    labelled: bool


def draw(mails: Sequence[tuple[date, int]], people: Sequence[tuple[date, int]]) -> dict[str, Any]:
    """Place everything; all numbers are those of one SVG user space."""
    tops = [_ceiling(max(number for _day, number in series)) for series in (mails, people)]
    step = (WIDTH - LEFT - RIGHT) / len(mails)
    bars = []
    for place, ((day, sent), (_same, new)) in enumerate(zip(mails, people, strict=True)):
        x, y = LEFT + place * step, _y(sent, tops[0])
        labelled = (len(mails) - 1 - place) % LABELLED_EVERY == 0
        middle = round(x + step / 2, 1)
        height = round(HEIGHT - BOTTOM - y, 1)
        bar = Bar(day, sent, new, round(x + 1.5, 1), middle, y, round(step - 3, 1), height,
                  _y(new, tops[1]), labelled)  # fmt: skip
        bars.append(bar)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "base": HEIGHT - BOTTOM,
        "bars": bars,
        "line": " ".join(f"{bar.middle},{bar.point}" for bar in bars),
        "grid": [
            {
                "y": _y(tops[0] * part // LINES, tops[0]),
                "mails": tops[0] * part // LINES,
                "contacts": tops[1] * part // LINES,
            }
            for part in range(LINES + 1)
        ],
    }


def _y(number: int, top: int) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - number / top), 1)


def _ceiling(number: int) -> int:
    """Return the next round number that four grid lines divide."""
    size = 1
    while True:
        for factor in (4, 8, 12, 20, 40):
            if number <= factor * size:
                return factor * size
        size *= 10
