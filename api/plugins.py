"""What the REST toolkit keeps: answers to repeated requests, forgotten by age and with people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from api.idempotency import LIFETIME, forget
from kernel import clock
from kernel.contactdata import PAIRS, ContactData, Pairs, columns, contact_data
from kernel.jobs import Claimed, handles
from kernel.schedule import scheduled

MERGE = f"""
UPDATE idempotency_key k SET contact_id = p.winner FROM {PAIRS} WHERE k.contact_id = p.loser"""  # noqa: S608 - a constant
EMPTY = """
UPDATE idempotency_key SET body = convert_to(format('{"id": "%%s"}', contact_id), 'UTF8'),
  contact_id = NULL
WHERE contact_id = ANY(%s)"""


@handles("api.forget_keys")
def forget_keys(job: Claimed) -> None:
    """Delete keys whose day is over."""
    forget(clock.now() - LIFETIME)


scheduled("api.forget_keys", timedelta(hours=1))


@contact_data.register
class Answers(ContactData):
    """Answers kept for a day, in case the same request comes again."""

    key = "api.answers"
    label = _("Kept answers")
    tables = ("idempotency_key",)
    retention = LIFETIME

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Let them be forgotten with whom the person is now."""
        with connection.cursor() as cursor:
            cursor.execute(MERGE, columns(pairs))

    def export(self, contact: int) -> dict[str, Any]:
        """Hand out nothing: an answer repeats what the person's own tables hold."""
        return {}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Empty the answers; the keys stay, so that a repeated request makes nobody anew."""
        with connection.cursor() as cursor:
            cursor.execute(EMPTY, [list(contacts)])
