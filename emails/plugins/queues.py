"""The queues of the email channel: runs to prepare, mails to send."""

from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext_lazy

from channels.services import due
from emails.services import measuring, preparing, recovery, suspense
from emails.services.channel import EMAILS
from emails.services.sending import send_batch
from kernel.queues import WorkQueue, queues


@queues.register
class Runs(WorkQueue):
    """Broadcasts whose time has come, and cancelled ones with rows to close."""

    key = "emails.runs"
    label = gettext_lazy("Preparation of broadcasts")

    def due(self, now: datetime) -> bool:
        """Ask for runs that are not prepared."""
        return due.runs(EMAILS, now)

    def work(self, now: datetime) -> bool:
        """Prepare or close one slice of one run."""
        return preparing.work(now)


class Sending(WorkQueue):
    """Due deliveries of one lane, and those whose worker died."""

    hands = "send"
    transactional: ClassVar[bool] = False

    def due(self, now: datetime) -> bool:
        """Ask the partial indexes of the ledger."""
        answer = recovery.LONGEST_ANSWER
        return due.deliveries(EMAILS, now, answer, transactional=self.transactional)

    def work(self, now: datetime) -> bool:
        """Send one batch."""
        recovery.recover(now, transactional=self.transactional)
        return send_batch(now, transactional=self.transactional)


@queues.register
class Marketing(Sending):
    """Marketing mail: broadcasts, and what campaigns and forms send."""

    key = "emails.deliveries"
    label = gettext_lazy("Marketing emails")


@queues.register
class Transactional(Sending):
    """Confirmations and the like: never behind a broadcast."""

    key = "emails.transactional"
    label = gettext_lazy("Transactional emails")
    hands = "urgent"
    transactional = True


@queues.register
class HeldClicks(WorkQueue):
    """Suspicious clicks that have waited for a second sign."""

    key = "emails.held_clicks"
    label = gettext_lazy("Suspicious clicks")

    def due(self, now: datetime) -> bool:
        """Ask for clicks whose wait is over."""
        return suspense.due(now)

    def work(self, now: datetime) -> bool:
        """Record one slice of them."""
        return measuring.release(now)
