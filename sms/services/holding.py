"""What holds texts back: all sending held, and the rules of how often and when."""

from datetime import datetime

from channels.services import due
from contacts.services.holding import Ledger
from kernel import preferences
from sms.models import Reason, State, TextDelivery, TextRun
from sms.services import faults

LEDGER = Ledger("sms", "sms_delivery", "sms")


def halted() -> bool:
    """Say whether nothing may go out."""
    return bool(preferences.get(due.EVERYTHING))


def refused(run: TextRun, now: datetime) -> str:
    """Return the provider's words where it takes nothing from us and texts of a run wait."""
    if run.state == TextRun.State.PAUSED:
        return faults.of_run(run.pk)
    if run.state != TextRun.State.SENDING:
        return ""
    waiting = TextDelivery.objects.filter(
        state=State.QUEUED, transactional__in=[True, False], run_id=run.pk, due_at__gt=now
    )
    words = waiting.order_by("due_at").values_list("reason", flat=True).first()
    return words if words and words not in Reason.values else ""


def sources() -> list[int]:
    """Return what is taken from: 0 for single texts, and every run that is sending."""
    if halted():
        return []
    runs = TextRun.objects.filter(finished_at=None, state=TextRun.State.SENDING)
    return [0, *runs.order_by("id").values_list("id", flat=True)]
