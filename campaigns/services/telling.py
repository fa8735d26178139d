"""Telling the operator that contacts go in circles: a row among the parked changes, and the log."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from kernel.models import ParkedChange

logger = logging.getLogger(__name__)
SUBSCRIBER = "campaigns.follow"
# A circle is told once in this time, however often it turns.
QUIET = timedelta(days=1)


def tell(campaign: int, contacts: Sequence[int], error: str, now: datetime) -> None:
    """Write down why these contacts did not go on."""
    row = {"campaign": campaign, "circle": error}
    told = ParkedChange.objects.filter(
        subscriber=SUBSCRIBER, row=row, parked_at__gt=now - QUIET, contacts__contains=list(contacts)
    )
    if told.exists():
        return
    logger.warning("Campaign %s: %s", campaign, error)
    ParkedChange.objects.create(
        subscriber=SUBSCRIBER, row=row, error=error, parked_at=now, contacts=list(contacts)
    )
