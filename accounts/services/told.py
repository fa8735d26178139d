"""Mails to users that speak of a person: moved when two become one, handed out, forgotten."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from accounts.models import AccountMail
from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns

MERGE = f"""
UPDATE account_mail m SET contact_id = p.winner FROM {PAIRS} WHERE m.contact_id = p.loser"""  # noqa: S608 - a constant


def merge(pairs: Pairs) -> None:
    """Let what waits to be sent about the losers speak of the winners."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE, columns(pairs))


def about(contact: int) -> list[dict[str, Any]]:
    """Return what waits to be sent about a person, oldest first; not to whom."""
    rows = AccountMail.objects.filter(contact_id=contact).order_by("pk")
    return [
        {"subject": row.subject, "text": row.text, "created_at": clock.iso(row.created_at)}
        for row in rows
    ]


def forget(contacts: Sequence[int]) -> None:
    """Delete what waits to be sent about people."""
    AccountMail.objects.filter(contact_id__in=contacts).delete()
