"""One's own notices: how many are unread, which, and noting that they were read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from notices.models import Notice

# The bell counts no further.
MOST_COUNTED = 99


def own(user: Any) -> QuerySet[Notice]:
    """Return what a user was told, the newest first."""
    return Notice.objects.filter(user_id=user.pk).order_by("-pk")


def unread(user: Any) -> int:
    """Count what the user has not read: one look into an index, up to one more than `MOST`."""
    rows = Notice.objects.filter(user_id=user.pk, read_at__isnull=True)
    return rows[: MOST_COUNTED + 1].count()


def read(user: Any, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Note that some, or all, were read; return how many were not yet."""
    rows = Notice.objects.filter(user_id=user.pk, read_at__isnull=True)
    return (rows if ids is None else rows.filter(pk__in=ids)).update(read_at=now)


def unread_again(user: Any, ids: Sequence[int] | None = None) -> int:
    """Put some, or all, back among the unread; return how many had been read."""
    rows = Notice.objects.filter(user_id=user.pk, read_at__isnull=False)
    return (rows if ids is None else rows.filter(pk__in=ids)).update(read_at=None)
