"""How often something is done a minute, counted by all processes together through the broker.

Each process asks the broker again only after a thousandth of what is allowed, so that a large
limit costs next to nothing; and when it is away, what this process has seen itself counts.
"""

import threading
import time
from dataclasses import dataclass

import redis
from django.conf import settings

WINDOW = 60
# The broker is asked again only after this long when it did not answer.
LEFT_ALONE = 5.0
MOST_KEYS = 10_000
TIMEOUT = 0.25


@dataclass
class _Count:
    """What is known of one key in the running minute."""

    window: int
    # The sum of all processes when it was last asked, and what came here since.
    shared: int = 0
    here: int = 0


class Counter:
    """So many a minute for each key; 0 is no limit."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    def is_over(self, key: str, most: int, now: float) -> bool:
        """Count one; say whether it is one too many."""
        if not most:
            return False
        window = int(now // WINDOW)
        with self._lock:
            count = self._of(key, window)
            count.here += 1
            share = count.here if count.here > most // 1000 else 0
        if share:
            shared = _broker.add(f"limit:{self._name}:{key}:{window}", share)
            with self._lock:
                if shared is not None:
                    count.shared, count.here = shared, count.here - share
        return count.shared + count.here > most

    def _of(self, key: str, window: int) -> _Count:
        count = self._counts.get(key)
        if count is None or count.window != window:
            if len(self._counts) >= MOST_KEYS:
                self._counts.clear()
            count = self._counts[key] = _Count(window)
        return count


class _Broker:
    """The shared counts; silent while it is away."""

    def __init__(self) -> None:
        self._client: redis.Redis | None = None
        self._away_until = 0.0

    def add(self, key: str, number: int) -> int | None:
        """Add to a count and return it; None when nobody answers."""
        if time.monotonic() < self._away_until:
            return None
        try:
            with self._connected().pipeline() as pipe:
                pipe.incrby(key, number)
                pipe.expire(key, WINDOW * 2)
                return int(pipe.execute()[0])
        except (redis.RedisError, OSError):
            self._away_until = time.monotonic() + LEFT_ALONE
            return None

    def _connected(self) -> redis.Redis:
        if self._client is None:
            self._client = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
            )
        return self._client


_broker = _Broker()
