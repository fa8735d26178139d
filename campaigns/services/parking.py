"""Steps that fail: tried again after a while, then parked and shown; others go on meanwhile."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from campaigns.models import StepState
from campaigns.services import figures
from campaigns.services.held import Held

BACK_OFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)
LONGEST_ERROR = 500
FAIL = """
UPDATE step s SET attempts = f.attempts, state = f.state, due_at = f.due_at, error = f.error
FROM unnest(%s::tid[], %s::smallint[], %s::smallint[], %s::timestamptz[], %s::text[])
     f(place, attempts, state, due_at, error)
WHERE s.ctid = f.place"""
POSTPONE = """
UPDATE step s SET due_at = f.due_at, state = CASE WHEN f.due_at IS NULL THEN 2 ELSE s.state END
FROM unnest(%s::tid[], %s::timestamptz[]) f(place, due_at)
WHERE s.ctid = f.place"""


def fail(
    node: int, failed: Sequence[tuple[Held, str]], now: datetime, *, hopeless: bool = False
) -> None:
    """Keep these steps for another try, or park those that have had theirs."""
    if not failed:
        return
    rows = [_failed(step, error, now, hopeless=hopeless) for step, error in failed]
    with connection.cursor() as cursor:
        cursor.execute(FAIL, [list(column) for column in zip(*rows, strict=True)])
    tally = figures.Tally(now)
    parked = [
        step.version
        for (step, _error), row in zip(failed, rows, strict=True)
        if row[2] == StepState.PARKED
    ]
    for version, count in Counter(parked).items():
        tally.add(node, version, waiting=-count, failed=count, failures=count)
    tally.write()


def postpone(later: Sequence[tuple[Held, datetime | None]]) -> None:
    """Let these steps wait for their moment."""
    if not later:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            POSTPONE, [[step.place for step, _due in later], [due for _step, due in later]]
        )


def _failed(
    step: Held, error: str, now: datetime, *, hopeless: bool
) -> tuple[str, int, int, datetime, str]:
    text = error.replace("\0", "")[:LONGEST_ERROR]
    attempts = step.attempts + 1
    if hopeless or step.attempts >= len(BACK_OFF):
        return step.place, attempts, StepState.PARKED, now, text
    again = now + BACK_OFF[step.attempts]
    return step.place, attempts, step.state, again, text
