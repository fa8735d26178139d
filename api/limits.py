"""How often one may ask: by token or user, and by address for those who are neither.

A minute's count is shared by all web processes through the broker. Each process asks it again
only after a thousandth of what is allowed, so that a large limit costs next to nothing; and when
the broker is away, what this process has seen itself is what counts.
"""

import threading
import time
from dataclasses import dataclass

import redis
from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from kernel import clock

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


class Limit:
    """So many requests a minute for each key; 0 is no limit."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    def take(self, key: str, most: int, now: float) -> None:
        """Count one request; refuse it when it is one too many."""
        if not most:
            return
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
        self._refuse(count, most, now)

    def _refuse(self, count: _Count, most: int, now: float) -> None:
        if count.shared + count.here > most:
            raise Throttled(wait=WINDOW - now % WINDOW + 1)

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
_callers = Limit("caller")
_strangers = Limit("stranger")


def count(request: Request) -> None:
    """Count a request of somebody known by token, else by user; of nobody known by address."""
    if not request.user.is_authenticated:
        count_stranger(request)
        return
    token = getattr(request.auth, "pk", None)
    key = f"token:{token}" if token else f"user:{request.user.pk}"
    _callers.take(key, settings.API_REQUESTS_PER_MINUTE, _now())


def count_stranger(request: Request) -> None:
    """Count a request of nobody known; who has a token passes from the same address."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    _strangers.take(address, settings.API_STRANGERS_PER_MINUTE, _now())


def _now() -> float:
    return clock.now().timestamp()
