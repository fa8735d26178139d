"""Runs in which nobody waits any more are closed."""

from datetime import datetime

from django.db import connection, transaction

from channels.models import Run
from channels.services.channel import Channel

# Ordered as its index is: state changes faster than statistics, and by these the planner may hold
# that most rows wait, and read the whole ledger for the first of them.
WAITS = """(SELECT d.id FROM {ledger} d
 WHERE d.state = 0 AND d.transactional = {lane} AND d.run_id = {run}
 ORDER BY d.due_at LIMIT 1) IS NULL"""
HELD = "d.state IN (1, 2) AND d.lease_until > '-infinity'"


def held(ledger: str, run: str) -> str:
    """Return SQL that says whether a worker holds rows of a run."""
    return f"EXISTS (SELECT 1 FROM {ledger} d WHERE d.run_id = {run} AND {HELD})"  # noqa: S608 - ours


def nobody(ledger: str, keeps_open: tuple[str, ...], run: str) -> str:
    """Return SQL that says whether no row keeps a run open, each sort by an index of its own."""
    asked = [WAITS.format(ledger=ledger, lane=lane, run=run) for lane in ("false", "true")]
    asked.append(f"NOT {held(ledger, run)}")
    asked += [
        f"NOT EXISTS (SELECT 1 FROM {ledger} d WHERE d.run_id = {run} AND {rows})"  # noqa: S608 - ours
        for rows in keeps_open
    ]
    return " AND ".join(asked)


def over(channel: Channel) -> list[int]:
    """Return runs in which nobody waits though nobody closed them."""
    ledger, runs = channel.delivery._meta.db_table, channel.run._meta.db_table
    statement = (
        f"SELECT r.id FROM {runs} r WHERE r.finished_at IS NULL AND r.state = 'sending'"  # noqa: S608
        f" AND {nobody(ledger, channel.keeps_open, 'r.id')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def finish(channel: Channel, run: int, now: datetime) -> bool:
    """Close a run in which nobody waits any more."""
    runs = channel.run._default_manager.filter(pk=run)
    with transaction.atomic():
        # In a statement of its own: what is asked next must be younger than the lock.
        list(runs.select_for_update(no_key=True).values_list("pk"))
        if not _is_over(channel, run):
            return False
        done = runs.filter(state=Run.State.SENDING)
        if not done.update(state=Run.State.DONE, finished_at=now):
            return False
        channel.keep(runs.get(), now)
        return True


def _is_over(channel: Channel, run: int) -> bool:
    """Ask of one run, by its number: joined with its row the plan is for all rows that wait."""
    question = nobody(channel.delivery._meta.db_table, channel.keeps_open, "%(run)s")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {question}", {"run": run})
        return bool(cursor.fetchone()[0])
