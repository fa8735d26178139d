"""Deletes connections: gone at once for everybody, and what hangs on them by and by."""

import time
from datetime import datetime

from django.db import connection, transaction

from integrations.models import Connection
from kernel import usage
from kernel.jobs import Claimed, Unfinished, enqueue

KIND = "integrations.remove"
AT_ONCE = 5_000
TURN_SECONDS = 10
# Pushes first: whoever holds one then finds nothing to note an id for.
SLICES = tuple(
    f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - constants
    f" SELECT ctid FROM {table} WHERE connection_id = %s LIMIT {AT_ONCE}))"
    for table in ("integration_push", "integration_link")
)


def remove(row: Connection, now: datetime) -> None:
    """Delete a connection, in the caller's transaction; raises `kernel.usage.InUse`."""
    usage.refuse_if_used("connection", row.pk)
    emptied = {"active": False, "secrets": {}, "settings": {}, "uses": [], "remote_fields": []}
    Connection.every.filter(pk=row.pk).update(deleted_at=now, **emptied)
    enqueue(KIND, {"connection": row.pk}, now=now)


def work(job: Claimed) -> None:
    """Delete what hangs on one, some at a time, and then the row."""
    number, end = job.args["connection"], time.monotonic() + TURN_SECONDS
    for statement in SLICES:
        while _slice(statement, number, job):
            if time.monotonic() > end:
                raise Unfinished
    Connection.every.filter(pk=number, deleted_at__isnull=False).delete()


@transaction.atomic
def _slice(statement: str, number: int, job: Claimed) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [number])
        gone = cursor.rowcount
    job.keep(done=job.progress.get("done", 0) + gone)
    return bool(gone)
