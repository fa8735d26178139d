"""Runs in which nobody waits any more are closed."""

from datetime import datetime

from django.db import connection, transaction

from channels.models import Run
from channels.services.channel import Channel

# Rows that still keep a run open, each by an index of its own.
WAITS = "d.state = 0 AND d.transactional = ANY('{t,f}')"
HELD = "d.state IN (1, 2) AND d.lease_until > '-infinity'"


def over(channel: Channel, run: int | None = None) -> list[int]:
    """Return runs in which nobody waits though nobody closed them; of one run, whether it is so."""
    ledger, runs = channel.delivery._meta.db_table, channel.run._meta.db_table
    nobody = " ".join(
        f"AND NOT EXISTS (SELECT 1 FROM {ledger} d WHERE d.run_id = r.id AND {rows})"  # noqa: S608 - ours
        for rows in (WAITS, HELD, *channel.keeps_open)
    )
    statement = f"SELECT r.id FROM {runs} r WHERE r.finished_at IS NULL AND r.state = 'sending'"  # noqa: S608
    with connection.cursor() as cursor:
        if run is None:
            cursor.execute(f"{statement} {nobody}")
        else:
            cursor.execute(f"{statement} AND r.id = %s {nobody}", [run])
        return [row[0] for row in cursor.fetchall()]


def finish(channel: Channel, run: int, now: datetime) -> bool:
    """Close a run in which nobody waits any more."""
    runs = channel.run._default_manager.filter(pk=run)
    with transaction.atomic():
        # In a statement of its own: what is asked next must be younger than the lock.
        list(runs.select_for_update(no_key=True).values_list("pk"))
        if not over(channel, run):
            return False
        done = runs.filter(state=Run.State.SENDING)
        if not done.update(state=Run.State.DONE, finished_at=now):
            return False
        channel.keep(runs.get(), now)
        return True
