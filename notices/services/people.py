"""Notices that speak of a person: moved when two become one, handed out, forgotten, and by age."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns
from notices.models import Notice
from notices.services import limiting

MERGE = f"""
UPDATE notice n SET contact_id = p.winner FROM {PAIRS} WHERE n.contact_id = p.loser"""  # noqa: S608 - a constant
# So many go in one transaction.
SLICE = 5_000


def merge(pairs: Pairs) -> None:
    """Let what was told of the losers speak of the winners."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE, columns(pairs))


def everything(contact: int) -> list[dict[str, Any]]:
    """Return what colleagues were told of a person, oldest first; not who they are."""
    rows = Notice.objects.filter(contact_id=contact).order_by("pk")
    return [
        {"title": row.title, "text": row.text, "created_at": clock.iso(row.created_at)}
        for row in rows
    ]


def forget(contacts: Sequence[int]) -> None:
    """Delete what was told of people."""
    Notice.objects.filter(contact_id__in=contacts).delete()


def count_older(before: datetime) -> int:
    """Count notices of before then."""
    return Notice.objects.filter(created_at__lt=before).count()


def forget_older(before: datetime, now: datetime) -> int:
    """Delete a slice of them, and what was counted for an hour that is over; return how many."""
    limiting.forget(now)
    old = Notice.objects.filter(created_at__lt=before).order_by("created_at")
    return Notice.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:SLICE])).delete()[0]
