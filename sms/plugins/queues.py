"""The queues of the SMS channel: runs to prepare, texts to send, doubts to settle, receipts."""

from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext_lazy

from channels.services import due
from kernel.queues import WorkQueue, queues
from sms.services import preparing, receipts, recovery, sending, settling
from sms.services.channel import SMS


@queues.register
class Runs(WorkQueue):
    """Broadcasts whose time has come, and cancelled ones with rows to close."""

    key = "sms.runs"
    label = gettext_lazy("Preparation of broadcasts by SMS")

    def due(self, now: datetime) -> bool:
        """Ask for runs that are not prepared."""
        return due.runs(SMS, now)

    def work(self, now: datetime) -> bool:
        """Prepare or close one slice of one run."""
        return preparing.work(now)


class Sending(WorkQueue):
    """Due deliveries, and those whose worker died."""

    hands = "send"
    transactional: ClassVar[bool] = False

    def due(self, now: datetime) -> bool:
        """Ask the partial indexes of the ledger."""
        answer = recovery.LONGEST_ANSWER
        return due.deliveries(SMS, now, answer, transactional=self.transactional)

    def work(self, now: datetime) -> bool:
        """Send one batch of each source."""
        recovery.recover(now)
        return sending.send_batch(now, transactional=self.transactional)


@queues.register
class Marketing(Sending):
    """Marketing texts: broadcasts, and what campaigns and others send."""

    key = "sms.deliveries"
    label = gettext_lazy("Marketing SMS")


@queues.register
class Transactional(Sending):
    """Confirmations and the like: never behind a broadcast."""

    key = "sms.transactional"
    label = gettext_lazy("Transactional SMS")
    hands = "urgent"
    transactional = True


@queues.register
class Doubts(WorkQueue):
    """Texts of which nobody knows whether the provider took them."""

    key = "sms.doubts"
    label = gettext_lazy("SMS in doubt")
    hands = "send"

    def due(self, now: datetime) -> bool:
        """Ask the partial index of the ledger."""
        return settling.due(now)

    def work(self, now: datetime) -> bool:
        """Ask the provider about some."""
        return settling.settle(now)


@queues.register
class Receipts(WorkQueue):
    """What the provider told us: receipts and replies."""

    key = "sms.receipts"
    label = gettext_lazy("Receipts and replies of SMS")
    hands = "urgent"

    def due(self, now: datetime) -> bool:
        """Ask the partial index of receipts."""
        return receipts.due(now)

    def work(self, now: datetime) -> bool:
        """Work on a slice of them."""
        return receipts.work(now)
