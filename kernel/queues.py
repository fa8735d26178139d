"""Queues: due work as rows of PostgreSQL; a Celery task only says "look at queue Q now"."""

import logging
from datetime import datetime
from functools import partial
from typing import ClassVar

import redis
from django.conf import settings
from django.db import transaction

from kernel.registry import Plugin, Registry

logger = logging.getLogger(__name__)
HINT_MILLISECONDS = 2_000
# Seconds after which a hint no worker had time for is dropped: the sweeper gives new ones.
HINT_EXPIRES = 10


class WorkQueue(Plugin):
    """Rows that are due, and how a worker takes one batch of them.

    Both verbs are safe to call at any moment, by any number of processes, after any crash.
    """

    # Celery queue its hints go to, each with workers of its own, so that the short never waits
    # for the long: `work` for quick database work, `jobs` for work of minutes, `send` for
    # deliveries, `push` for calls of systems that may be slow, `urgent` for what someone waits for.
    hands: ClassVar[str] = "work"

    def due(self, now: datetime) -> bool:
        """Say cheaply whether something is due; the sweeper asks every second."""
        raise NotImplementedError

    def work(self, now: datetime) -> bool:
        """Do one batch in transactions of its own; say whether more may be due."""
        raise NotImplementedError


queues: Registry[WorkQueue] = Registry(WorkQueue)


def hint(key: str) -> None:
    """Wake a worker for this queue; hints within two seconds are one, a lost one is harmless."""
    from kernel.tasks import work

    queue = queues.get(key)
    if queue is None:
        return
    try:
        if _redis().set(f"hint:{key}", 1, nx=True, px=HINT_MILLISECONDS):
            work.apply_async((key,), queue=queue.hands, retry=False, expires=HINT_EXPIRES)
    except Exception:  # noqa: BLE001 - without the broker the sweeper finds the rows
        logger.warning("No hint for %s: the broker does not answer.", key)


def hint_on_commit(key: str) -> None:
    """Wake a worker for this queue once the transaction is committed."""
    transaction.on_commit(partial(hint, key))


def taken(key: str) -> None:
    """Let new hints through: whatever is committed before this, the worker will now see."""
    try:
        _redis().delete(f"hint:{key}")
    except redis.RedisError:
        logger.warning("The broker does not answer.")


_connection: list[redis.Redis] = []


def _redis() -> redis.Redis:
    if not _connection:
        _connection.append(
            redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
        )
    return _connection[0]
