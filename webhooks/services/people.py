"""Posts about a person: moved when two become one, handed out, forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from contacts.catalogue import hidden
from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns
from kernel.documents import loads
from webhooks.models import Post, PostState, SilentHost

# A step may stand still as long as its campaign does; after a year nobody asks any more.
KEPT = timedelta(days=365)
# Of a receiver that nobody posts to any more nothing need be known.
FORGOTTEN = timedelta(days=7)
MERGE = f"""
UPDATE webhook_post w SET contact_id = p.winner FROM {PAIRS} WHERE w.contact_id = p.loser"""  # noqa: S608


def merge(pairs: Pairs) -> None:
    """Give posts to the winners."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE, columns(pairs))


def everything(contact: int) -> list[dict[str, Any]]:
    """Return what is on its way to other systems about a person.

    What it says, which any field may have been put into, is for whoever sees all fields.
    """
    rows = Post.objects.filter(contact_id=contact, state=PostState.WAITING).order_by("pk")
    kept = bool(hidden())
    return [
        {
            "to": _server(row.url),
            "body": None if kept else row.body,
            # What stands in the address and in headers, without what is no word about the person.
            "values": loads(row.outside) if row.outside and not kept else {},
            "made_at": clock.iso(row.made_at),
        }
        for row in rows
    ]


def _server(url: str) -> str:
    """Return scheme and host: the rest of an address may be the key to it."""
    found = urlsplit(url)
    return f"{found.scheme}://{found.hostname}"


def forget(contacts: Sequence[int]) -> None:
    """Delete posts about people; what is being called this moment is not called back."""
    Post.objects.filter(contact_id__in=contacts).delete()


def sweep(now: datetime) -> None:
    """Delete what no step asked about for a year."""
    Post.objects.filter(asked_at__lt=now - KEPT).delete()
    SilentHost.objects.filter(until__lt=now - FORGOTTEN).delete()
