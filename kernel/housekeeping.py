"""Daily cleaning: partitions made ahead, and logs of work that nobody reads any more."""

from datetime import datetime, timedelta

from django.db import connection

from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.partitions import ensure_ahead
from kernel.schedule import scheduled

# Table, column of age, and how long a row is of use. A bulk action cannot be repeated once its
# job is forgotten; what a form or a trigger did once stays done for good.
KEPT = (
    ("client_event", "recorded_at", timedelta(days=30)),
    ("job_run", "tick", timedelta(days=2)),
    ("action_done", "cause LIKE 'bulk:%%' AND done_at", timedelta(days=91)),
    ("action_done", "cause LIKE 'undo:%%' AND done_at", timedelta(days=1)),
    ("job", "finished_at", timedelta(days=90)),
)
SLICE = 10_000


@handles("kernel.housekeeping")
def housekeep(job: Claimed) -> None:
    """Make the coming months' partitions, then delete what is old, in slices."""
    now = clock.now()
    ensure_ahead(now)
    for table, column, age in KEPT:
        while _delete(table, column, now - age):
            job.keep(table=table)


def _delete(table: str, column: str, before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - names from KEPT
            f"SELECT ctid FROM {table} WHERE {column} < %s LIMIT {SLICE}))",
            [before],
        )
        return int(cursor.rowcount)


scheduled("kernel.housekeeping", timedelta(days=1))
