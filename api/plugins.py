"""What the REST toolkit has done on schedule: forget answers nobody can ask for again."""

from datetime import timedelta

from api.idempotency import LIFETIME, forget
from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.schedule import scheduled


@handles("api.forget_keys")
def forget_keys(job: Claimed) -> None:
    """Delete keys whose day is over."""
    forget(clock.now() - LIFETIME)


scheduled("api.forget_keys", timedelta(hours=1))
