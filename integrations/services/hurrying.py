"""Tries at once what waits for its time: a job goes through it, some at a time.

What may have been made waits all the same: systems do not find at once what was just made.
"""

import time
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from integrations.models import Connection, Push, PushState
from integrations.services.asking import IS_OPEN, QUEUE
from kernel import clock
from kernel.jobs import Claimed, Unfinished, enqueue
from kernel.queues import hint_on_commit

KIND = "integrations.hurry"
AT_ONCE = 2_000
TURN_SECONDS = 10
# Upwards, and past whatever may not be hurried: what fails again meanwhile is not hurried again
# and again. Rows that others hold are theirs.
SLICE = f"""
WITH page AS (
  SELECT p.id, p.due_at FROM integration_push p
  WHERE p.connection_id = %(connection)s AND p.{IS_OPEN} AND (p.due_at, p.id) > (%(due)s, %(id)s)
  ORDER BY p.due_at, p.id LIMIT %(most)s),
free AS (
  SELECT p.id FROM integration_push p JOIN page ON page.id = p.id
  WHERE p.state = {int(PushState.QUEUED)} AND NOT p.making AND p.lease_until IS NULL
    AND p.due_at > %(now)s
  ORDER BY p.id FOR UPDATE OF p SKIP LOCKED),
hurried AS (UPDATE integration_push p SET due_at = %(now)s FROM free WHERE p.id = free.id)
SELECT due_at, id FROM page ORDER BY due_at DESC, id DESC LIMIT 1"""  # noqa: S608 - constants


def hurry(row: Connection, now: datetime) -> None:
    """Have what waits for its time tried at once, in the caller's transaction."""
    waits = Push.objects.filter(connection=row, state=PushState.QUEUED, due_at__gt=now)
    if waits.exists():
        enqueue(KIND, {"connection": row.pk, "now": clock.iso(now)}, now=now)


def work(job: Claimed) -> None:
    """Hurry all that waited when it was asked for, some at a time."""
    end = time.monotonic() + TURN_SECONDS
    while _slice(job):
        if time.monotonic() > end:
            raise Unfinished


@transaction.atomic
def _slice(job: Claimed) -> bool:
    now = job.args["now"]
    values: dict[str, Any] = {"connection": job.args["connection"], "now": now, "most": AT_ONCE}
    place = {"due": job.progress.get("due", now), "id": job.progress.get("id", 0)}
    with connection.cursor() as cursor:
        cursor.execute(SLICE, values | place)
        last = cursor.fetchone()
    if last is None:
        return False
    job.keep(due=last[0].isoformat(), id=last[1])
    hint_on_commit(QUEUE)
    return True
