"""What is due in a channel, asked by the sweeper every second: one statement a queue."""

from datetime import datetime, timedelta
from functools import cache

from django.db import connection

from channels.services import finishing
from channels.services.channel import Channel
from kernel.prepared import Prepared

# The setting that holds all sending of all channels: by hand, and by itself after a backup came
# back.
EVERYTHING = "emails.paused"

RUNS = """
SELECT EXISTS (
  SELECT 1 FROM {runs} r WHERE r.finished_at IS NULL AND CASE
    WHEN r.state IN ('queued', 'preparing') THEN r.at <= %(now)s
    -- What a worker holds may come back, so a cancelled run is closed after that.
    WHEN r.state = 'cancelled' THEN NOT {held}
    WHEN r.state = 'sending' THEN {nobody}
    ELSE false END)"""

# Ordered as the indexes are: see `finishing.WAITS`. Recovery is not held with the sending.
DELIVERIES = """
SELECT NOT EXISTS (SELECT 1 FROM preference WHERE key = %(held)s AND value = 'true'::jsonb)
   AND EXISTS (
  SELECT 1 FROM unnest(0::bigint || ARRAY(
    SELECT r.id FROM {runs} r WHERE r.finished_at IS NULL AND r.state = 'sending')) source(run)
  CROSS JOIN LATERAL (
    SELECT 1 FROM {ledger} d
    WHERE d.state = 0 AND d.transactional = %(transactional)s AND d.run_id = source.run
      AND d.due_at <= %(now)s
    ORDER BY d.due_at LIMIT 1) waits)
OR (SELECT d.id FROM {ledger} d
    WHERE d.state IN (1, 2) AND d.transactional = %(transactional)s
      AND d.lease_until < %(now)s AND (d.state = 1 OR d.lease_until < %(dead)s)
    ORDER BY d.lease_until LIMIT 1) IS NOT NULL"""


def runs(channel: Channel, now: datetime) -> bool:
    """Say whether a run waits to be prepared or closed."""
    ledger, table = channel.delivery._meta.db_table, channel.run._meta.db_table
    return _asked(_of_runs(ledger, table, channel.keeps_open), {"now": now})


def deliveries(channel: Channel, now: datetime, answer: timedelta, *, transactional: bool) -> bool:
    """Say whether deliveries of a lane are due, or their worker is gone.

    `answer` is how long a worker may wait for the last answer beyond its lease.
    """
    ledger, table = channel.delivery._meta.db_table, channel.run._meta.db_table
    values = {"now": now, "dead": now - answer, "transactional": transactional}
    return _asked(_of_deliveries(ledger, table), {**values, "held": EVERYTHING})


@cache
def _of_runs(ledger: str, table: str, keeps_open: tuple[str, ...]) -> Prepared:
    held = finishing.held(ledger, "r.id")
    nobody = finishing.nobody(ledger, keeps_open, "r.id")
    return Prepared(RUNS.format(runs=table, held=held, nobody=nobody), {"now": "timestamptz"})


@cache
def _of_deliveries(ledger: str, table: str) -> Prepared:
    types = {"now": "timestamptz", "dead": "timestamptz", "transactional": "boolean"}
    return Prepared(DELIVERIES.format(runs=table, ledger=ledger), {**types, "held": "text"})


def _asked(statement: Prepared, values: dict[str, object]) -> bool:
    with connection.cursor() as cursor:
        statement.run(cursor, values)
        return bool(cursor.fetchone()[0])
