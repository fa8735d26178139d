"""Test texts: what an author has before them, to a few numbers, counted nowhere."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sms.models import CapturedText, Text
from sms.services import preview
from sms.services.transports import Answer, Outgoing, transport

MOST = 3
# No delivery of the ledger.
NO_DELIVERY = 0


@dataclass(frozen=True)
class Trial:
    """A test text to be sent: of what, and as whom it is filled in."""

    text: Text
    contact: int | None


def send(trial: Trial, numbers: list[str], now: datetime) -> dict[str, str]:
    """Send it to each number; return whose was not taken, with the provider's words."""
    shown = preview.draft(trial.text, trial.contact, now)
    carrier, refused = transport(), {}
    for number in numbers:
        reply = carrier.deliver(Outgoing(NO_DELIVERY, number, shown.body))
        if reply.answer is not Answer.ACCEPTED:
            refused[number] = reply.words or _("The provider did not say whether it took it.")
        elif carrier.captures:
            CapturedText.objects.create(
                delivery_id=NO_DELIVERY,
                recipient=number,
                body=shown.body,
                parts=shown.parts.parts,
                created_at=now,
            )
    return refused
