"""Jobs of custom fields, and the statistics that plans over contacts live on."""

from datetime import timedelta

from django.db import connection

from contacts.services.fields import fitting
from kernel.jobs import Claimed, handles
from kernel.schedule import scheduled

__all__ = ["fitting"]


@handles("contacts.analyze")
def analyze(_job: Claimed) -> None:
    """Refresh what the planner knows about contacts, custom fields included."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contact")


scheduled("contacts.analyze", timedelta(days=1))
