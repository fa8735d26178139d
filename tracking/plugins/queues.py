"""Who became known, and whose past is to be handed over."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kernel.queues import WorkQueue, queues
from tracking.services import adoption, claims


@queues.register
class Adoptions(WorkQueue):
    """Visitors that came by a message, and visitors that became contacts."""

    key = "tracking.adoptions"
    label = _("Visitors who became known")

    def due(self, now: datetime) -> bool:
        """Ask two partial indexes."""
        return claims.due(now) or adoption.due()

    def work(self, now: datetime) -> bool:
        """Decide a slice of claims, then move a slice of events."""
        examined = claims.examine(now)
        return adoption.adopt(now) or examined
