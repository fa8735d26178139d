"""Health for load balancers and the supervisor: alive, and ready to work."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 503 and name what is missing; details stay in the log."""
    checks = {"database": _answers(_ask_database), "broker": _answers(_ask_broker)}
    healthy = all(checks.values())
    states = {name: "ok" if passed else "unreachable" for name, passed in checks.items()}
    status = "ok" if healthy else "unavailable"
    return JsonResponse({"status": status, "checks": states}, status=200 if healthy else 503)


def _answers(ask: Callable[[], None]) -> bool:
    import logging

    try:
        ask()
    except Exception:  # whatever the driver raises, the answer is the same: not ready
        logging.getLogger(__name__).exception("Not ready")
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as broker:
        broker.ping()
