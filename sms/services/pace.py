"""How fast a transport may be asked; called under the gate's lock."""

from datetime import datetime, timedelta

from sms.models import TextPace

# What was not used for longer is lost: nothing goes out in a burst afterwards.
SAVED = timedelta(seconds=1)


def room(transport: str, per_second: int | None, most: int, now: datetime) -> int:
    """Return how many texts may go now; without a limit as many as asked for."""
    if per_second is None:
        return most
    free = TextPace.objects.filter(pk=transport).values_list("free_at", flat=True).first()
    since = max(free, now - SAVED) if free else now - SAVED
    return max(0, min(most, int((now - since).total_seconds() * per_second + 1e-6)))


def take(transport: str, per_second: int | None, count: int, now: datetime) -> None:
    """Note that so many go now."""
    if per_second is None or not count:
        return
    free = TextPace.objects.filter(pk=transport).values_list("free_at", flat=True).first()
    since = max(free, now - SAVED) if free else now - SAVED
    _put(transport, since + timedelta(seconds=count / per_second))


def rest(transport: str, seconds: float, now: datetime) -> None:
    """Leave a transport alone that asks for it, or that cannot be reached."""
    until = now + timedelta(seconds=seconds)
    if not TextPace.objects.filter(pk=transport, free_at__gte=until).exists():
        _put(transport, until)


def _put(transport: str, free_at: datetime) -> None:
    TextPace.objects.update_or_create(transport=transport, defaults={"free_at": free_at})
