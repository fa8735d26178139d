"""The devices of a contact on their page: what they browse with, and who told us it is them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Min
from django.http import HttpRequest

from backoffice.attachments import card
from contacts.models import Contact
from contacts.words import DEVICES
from kernel import clock
from kernel.events import MACHINE
from tracking.models import Visitor

# What older visits came from says little of today.
LATELY = timedelta(days=180)
# Of the latest events alone: whoever has a hundred thousand opens their page as quickly.
MOST = 1_000
SEEN = """
SELECT e.data ->> 'device', count(*), max(e.occurred_at) FROM (
  SELECT type_id, verdict, data, occurred_at FROM event
  WHERE contact_id = %s AND occurred_at >= %s AND occurred_at <= %s
  ORDER BY occurred_at DESC LIMIT %s) e
WHERE e.type_id IN (SELECT id FROM event_type WHERE key = 'pages.viewed')
  AND e.verdict IS DISTINCT FROM %s AND e.data ? 'device'
GROUP BY 1 ORDER BY 3 DESC"""
ICONS = {"desktop": "device-desktop"}


@dataclass(frozen=True)
class Device:
    """A kind of device: how many pages were seen on it, and when the last one."""

    name: str
    icon: str
    views: int
    last_at: datetime


@card("contacts", "devices", "tracking/of_contact.html", order=40)
def devices_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Tell the devices of half a year, and the browsers in which somebody was recognised."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [contact.pk, now - LATELY, now, MOST, MACHINE])
        found = [
            Device(str(DEVICES.get(key, key)), ICONS.get(key, "device-mobile"), views, last_at)
            for key, views, last_at in cursor.fetchall()
        ]
    known = Visitor.objects.filter(contact_id=contact.pk)
    told = known.aggregate(browsers=Count("pk"), first_known=Min("identified_at"))
    return {"devices": found, **told}
