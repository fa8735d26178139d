"""Figures of a message or a run, counted from the ledger."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from emails.models import Send, State

COUNT = """
SELECT state, CASE WHEN state = 6 THEN coalesce(reason, '') ELSE '' END AS why, count(*),
       count(opened_at), count(machine_at) FILTER (WHERE opened_at IS NULL),
       count(clicked_at), count(unsubscribed_at)
FROM delivery WHERE {which} GROUP BY 1, 2"""
# A large run is not counted anew at every look.
FRESH = timedelta(seconds=5)
COUNTED_EACH_TIME = 50_000


def of_emails(emails: list[int]) -> dict[str, Any]:
    """Count the deliveries of an email and its translations."""
    return _figures(COUNT.format(which="email_id = ANY(%s)"), [emails])


def of_run(run: Send, now: datetime) -> dict[str, Any]:
    """Count the deliveries of a run; of a large one the figures may be five seconds old."""
    kept: dict[str, Any] = run.counts
    is_large = kept.get("selected", 0) > COUNTED_EACH_TIME
    if is_large and run.counted_at and (run.finished_at or now - run.counted_at < FRESH):
        return kept
    return recount(run, now)


def recount(run: Send, now: datetime) -> dict[str, Any]:
    """Count a run and keep the figures."""
    which = "email_id = %s AND run_id = %s"
    counts = _figures(COUNT.format(which=which), [run.email_id, run.pk])
    run.counts, run.counted_at = counts, now
    Send.objects.filter(pk=run.pk).update(counts=counts, counted_at=now)
    return counts


def _figures(statement: str, values: list[Any]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    figures: dict[str, Any] = {state.name.lower(): 0 for state in State}
    figures |= {"selected": 0, "skipped_by_reason": {}, "opened": 0, "opened_by_machine_only": 0}
    figures |= {"clicked": 0, "unsubscribed": 0}
    for state, why, number, opened, machine, clicked, left in rows:
        figures[State(state).name.lower()] += number
        figures["selected"] += number
        figures["opened"] += opened
        figures["opened_by_machine_only"] += machine
        figures["clicked"] += clicked
        figures["unsubscribed"] += left
        if why:
            figures["skipped_by_reason"][why] = number
    return figures
