"""Scheduled jobs: what is due is decided by `job_run` UNIQUE (job, tick), not by beat."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from kernel.jobs import enqueue

logger = logging.getLogger(__name__)
Interval = timedelta | Callable[[], timedelta]


@dataclass(frozen=True)
class Schedule:
    """A kind of job and how often it is to run; an interval may be a setting."""

    kind: str
    every: Interval

    def tick(self, now: datetime) -> datetime:
        """Return the latest instant, at or before `now`, at which the job was due."""
        every = self.every() if callable(self.every) else self.every
        seconds = max(int(every.total_seconds()), 1)
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


schedules: list[Schedule] = []


def scheduled(kind: str, every: Interval) -> None:
    """Have a kind of job run at this interval; called from `plugins.py`."""
    schedules.append(Schedule(kind, every))


def run_due(now: datetime) -> list[str]:
    """Queue every job whose tick nobody has taken yet; two ticks at once change nothing."""
    started = []
    for schedule in schedules:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO job_run (job, tick, started_at) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [schedule.kind, schedule.tick(now), now],
            )
            if cursor.rowcount:
                enqueue(schedule.kind, {}, now=now, alone=True)
                started.append(schedule.kind)
    return started
