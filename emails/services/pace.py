"""How fast a run went, moment by moment: counted in the ledger, of large runs at kept points."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection

from emails.models import Send

# Of larger runs nothing is counted while somebody waits.
COUNTED_AT_ONCE = 100_000

POINTS, FEWEST = 60, 3
MOST_KEPT = 720
# Shorter runs have no course worth drawing.
SHORTEST = timedelta(seconds=10)
SLOW, MINUTE = 5, 60
COUNT = """
SELECT floor(extract(epoch FROM sent_at - %(start)s) / %(step)s)::int, count(*) FROM delivery
WHERE email_id = %(email)s AND run_id = %(run)s AND sent_at >= %(start)s GROUP BY 1"""


@dataclass(frozen=True)
class Course:
    """Messages a second, or a minute where that says more, from the beginning."""

    moments: list[datetime]
    values: list[int]
    by_minute: bool


def note(counts: dict[str, Any], before: dict[str, Any], now: datetime) -> None:
    """Keep how many had gone out by now, beside the figures of a run."""
    counts["pace"] = [*before.get("pace", []), [now.timestamp(), counts["sent"]]][-MOST_KEPT:]


def of(run: Send, now: datetime) -> Course | None:
    """Return the course of a run; None where it is too short to have one."""
    start, end = run.started_at, run.finished_at or now
    if start is None or end - start < SHORTEST:
        return None
    if int(run.counts.get("selected", 0)) > COUNTED_AT_ONCE:
        return _kept(run.counts.get("pace", []))
    step = max(1, -(-int((end - start).total_seconds()) // POINTS))
    values: dict[str, Any] = {"start": start, "step": step}
    values |= {"email": run.email_id, "run": run.pk}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        found = dict(cursor.fetchall())
    places = range(int((end - start).total_seconds()) // step + 1)
    moments = [start + timedelta(seconds=place * step) for place in places]
    return _course(moments, [found.get(place, 0) / step for place in places])


def _kept(points: list[list[float]]) -> Course | None:
    # As many points as fit the screen, each the pace since the one before it.
    chosen = points[:: max(1, -(-len(points) // POINTS))]
    if len(chosen) < FEWEST:
        return None
    pairs = list(pairwise(chosen))
    moments = [datetime.fromtimestamp(after[0], UTC) for _before, after in pairs]
    rates = [(after[1] - before[1]) / max(after[0] - before[0], 1) for before, after in pairs]
    return _course(moments, [max(rate, 0) for rate in rates])


def _course(moments: list[datetime], rates: list[float]) -> Course:
    by_minute = max(rates, default=0) < SLOW
    factor = MINUTE if by_minute else 1
    return Course(moments, [round(rate * factor) for rate in rates], by_minute)
