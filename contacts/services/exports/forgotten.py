"""Whether somebody in a file was erased since it was read, whatever waited for whom."""

from datetime import datetime, timedelta

from contacts.models import Erasure, Export

# An erasure bears the instant at which it began: no transaction takes longer than this.
SLACK = timedelta(minutes=5)


def seen_before(now: datetime) -> int:
    """Count the erasures of the last moments that are known of, right before rows are read."""
    return Erasure.objects.filter(at__gte=now - SLACK, at__lt=now).count()


def forgotten_since(row: Export) -> bool:
    """Say whether somebody was erased since the rows were read: later, or begun but unseen."""
    since = row.read_at or row.created_at
    if Erasure.objects.filter(at__gte=since).exists():
        return True
    return seen_before(since) > row.erasures_seen
