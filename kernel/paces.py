"""How fast work gets on: by what it did lately, not by how long ago somebody asked for it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from kernel import clock
from kernel.models import Job

# Pace is told of the last 20 to 40 seconds, so that waiting and crashes are soon forgotten.
APART = timedelta(seconds=20)
# Less is no measure.
LEAST = timedelta(seconds=1)
Mark = Mapping[str, Any]
Measure = Callable[[Mapping[str, Any]], float]


def mark(progress: Mapping[str, Any], now: datetime) -> Mark:
    """Note how far a job is: its figures, not the rest of what it keeps."""
    figures = {key: value for key, value in progress.items() if type(value) in (int, float)}
    return {"at": clock.iso(now), "progress": figures}


def marked(marks: list[Mark], progress: Mapping[str, Any], now: datetime) -> list[Mark]:
    """Return the latest two marks, a new one once the last is old enough."""
    if marks and now - clock.parse_instant(marks[-1]["at"]) < APART:
        return marks
    return [*marks[-1:], mark(progress, now)]


def lately(job: Job, measure: Measure, now: datetime) -> float | None:
    """Return how much a second a job gets done by a measure of its progress; None: not known."""
    if not job.marks:
        return None
    passed = now - clock.parse_instant(job.marks[0]["at"])
    done = measure(job.progress) - measure(job.marks[0]["progress"])
    return done / passed.total_seconds() if done > 0 and passed >= LEAST else None
