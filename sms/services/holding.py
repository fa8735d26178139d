"""What holds texts back: all sending held, and the rules of how often and when."""

from contacts.services.holding import Ledger
from kernel import preferences
from sms.models import TextRun

LEDGER = Ledger("sms", "sms_delivery", "sms")
# Held by hand, and by itself after a backup came back: of all channels at once.
EVERYTHING = "emails.paused"


def halted() -> bool:
    """Say whether nothing may go out."""
    return bool(preferences.get(EVERYTHING))


def sources() -> list[int]:
    """Return what is taken from: 0 for single texts, and every run that is sending."""
    if halted():
        return []
    runs = TextRun.objects.filter(finished_at=None, state=TextRun.State.SENDING)
    return [0, *runs.order_by("id").values_list("id", flat=True)]
