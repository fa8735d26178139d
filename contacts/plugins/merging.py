"""Merged contacts: whom they became, and what arrives for them late."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from contacts.services import echoes
from contacts.services import merging_duplicates as _job  # noqa: F401 - handles its jobs
from contacts.services.merge import survivors
from kernel import successions
from kernel.queues import WorkQueue, queues

successions.declare(survivors)


@queues.register
class Echoes(WorkQueue):
    """Looks again, thrice within two hours, for what was under way while two became one."""

    key = "contacts.echoes"
    label = _("Late arrivals of merged contacts")

    def due(self, now: datetime) -> bool:
        """Ask a partial index."""
        return echoes.due(now)

    def work(self, now: datetime) -> bool:
        """Follow some of them."""
        return echoes.follow(now)
