"""Test texts: what an author has before them, to a few numbers, counted nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from contacts.values.phones import spellings
from kernel import preferences
from sms.models import CapturedText, Text
from sms.parts import count
from sms.services import preview
from sms.services.recipients import JOINS, policy, reason
from sms.services.transports import Answer, Outgoing, transport

MOST = 3
# No delivery of the ledger: nobody is told what becomes of it.
NO_DELIVERY = 0
# Of everybody who has the number: whoever said no is written to for no test either.
CLOSED = f"""
SELECT why FROM (
  SELECT {{reason}} why
  FROM (SELECT id contact_id, 0::bigint sms_id, %(transactional)s::boolean transactional
        FROM contact WHERE mobile IS NOT NULL AND contact_digits(mobile) = ANY(%(digits)s)) d
  {JOINS} CROSS JOIN (SELECT %(number)s::text number) n) judged
WHERE why IS NOT NULL LIMIT 1"""  # noqa: S608 - fragments of ours


@dataclass(frozen=True)
class Trial:
    """A test text to be sent: of what, and as whom it is filled in."""

    text: Text
    contact: int | None


def closed(text: Text, numbers: Iterable[str]) -> dict[str, str]:
    """Return the numbers that such a text may not go to, each with the reason of the ledger."""
    # It need be neither kept nor published.
    why = reason("n.number").replace("e.state IS DISTINCT FROM 'published'", "false")
    region, found = preferences.get("contacts.phone_region"), {}
    with connection.cursor() as cursor:
        for number in numbers:
            values: dict[str, Any] = {
                "number": number,
                "digits": spellings(number, region),
                "transactional": text.is_transactional,
                **policy(),
            }
            cursor.execute(CLOSED.format(reason=why), values)
            if row := cursor.fetchone():
                found[number] = str(row[0])
    return found


def send(trial: Trial, numbers: list[str], now: datetime) -> dict[str, str]:
    """Send it to each number; return whose was not taken, with the provider's words."""
    shown = preview.draft(trial.text, trial.contact, now)
    body = _("[Test]") + " " + shown.body
    carrier, refused = transport(), {}
    for number in numbers:
        reply = carrier.deliver(Outgoing(NO_DELIVERY, number, body))
        if reply.answer is not Answer.ACCEPTED:
            refused[number] = reply.words or _("The provider did not say whether it took it.")
        elif carrier.captures:
            CapturedText.objects.create(
                delivery_id=NO_DELIVERY,
                recipient=number,
                body=body,
                parts=count(body).parts,
                created_at=now,
            )
    return refused
