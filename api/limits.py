"""How often one may ask: by token or user, and by address for those who are neither."""

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from kernel import clock
from kernel.counting import WINDOW, Counter


class Limit:
    """So many requests a minute for each key; 0 is no limit."""

    def __init__(self, name: str) -> None:
        self._counter = Counter(name)

    def take(self, key: str, most: int, now: float) -> None:
        """Count one request; refuse it when it is one too many."""
        if self._counter.is_over(key, most, now):
            raise too_many(now)


def too_many(now: float) -> Throttled:
    """Return the answer to who asks too often: they may again in the next minute."""
    return Throttled(wait=WINDOW - now % WINDOW + 1)


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
