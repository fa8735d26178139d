"""One's own notices: how many are unread, which, and noting that they were read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel.permissions import Reach
from kernel.secrecy import hidden_from
from notices.models import Notice

# The bell counts no further.
MOST_COUNTED = 99
# So many are marked by one statement.
SLICE = 5_000


def seen(rows: QuerySet[Notice], user: Any) -> QuerySet[Notice]:
    """Keep what a user was told and may still see, within the scopes of the token in use."""
    rows = rows.filter(user_id=user.pk)
    reach = user.reach("contacts", "view")
    if reach is Reach.NONE:
        rows = rows.filter(contact_id__isnull=True)
    elif reach is Reach.OWN:
        # Contacts stand on an upper floor.
        contacts = apps.get_model("contacts", "Contact")._default_manager
        theirs = contacts.filter(pk=OuterRef("contact_id"), owner_id=user.pk)
        rows = rows.filter(Q(contact_id__isnull=True) | Exists(theirs))
    return rows.filter(sensitive=False) if hidden_from(user) else rows


def own(user: Any) -> QuerySet[Notice]:
    """Return what a user was told, the newest first."""
    return seen(Notice.objects.all(), user).order_by("-pk")


def unread(user: Any) -> int:
    """Count what the user has not read, in one statement: up to one more than `MOST_COUNTED`."""
    rows = seen(Notice.objects.filter(read_at__isnull=True), user)
    return rows[: MOST_COUNTED + 1].count()


def read(user: Any, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Note that some, or all, were read; return how many were not yet."""
    return _mark(own(user).filter(read_at__isnull=True), ids, now)


def unread_again(user: Any, ids: Sequence[int] | None = None) -> int:
    """Put some, or all, back among the unread; return how many had been read."""
    return _mark(own(user).filter(read_at__isnull=False), ids, None)


def _mark(rows: QuerySet[Notice], ids: Sequence[int] | None, read_at: datetime | None) -> int:
    """Mark them slice by slice; whoever is marked is among the rows no more."""
    rows, done = rows if ids is None else rows.filter(pk__in=ids), 0
    while found := list(rows.values_list("pk", flat=True)[:SLICE]):
        done += Notice.objects.filter(pk__in=found).update(read_at=read_at)
        if len(found) < SLICE:
            break
    return done
