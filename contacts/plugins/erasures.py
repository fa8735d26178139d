"""Erasures are appended to the ledger outside the database."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from contacts.models import Erasure
from contacts.services import erasure_ledger, leftovers
from kernel import trail
from kernel.queues import WorkQueue, queues

trail.censored_by(leftovers.censored)


@queues.register
class ToTheLedger(WorkQueue):
    """Erasures noted in the database and not yet in the ledger."""

    key = "contacts.erasures"
    label = _("Ledger of erasures")

    def due(self, now: datetime) -> bool:
        """Say whether some are not written yet."""
        return Erasure.objects.filter(unwritten__isnull=False).exists()

    def work(self, now: datetime) -> bool:
        """Append them."""
        return erasure_ledger.write()
