"""Why one person would, or would not, get a text now: the questions that sending asks."""

from datetime import datetime
from typing import Any

from django.db import connection

from channels.services.audiences import selects
from channels.services.explaining import Explanation, held
from contacts.models import Contact
from contacts.services import numbers
from contacts.services.holding import Hours, Rules
from kernel import preferences
from sms.models import Text
from sms.services.holding import LEDGER
from sms.services.recipients import JOINS, policy, reason

ASK = """
SELECT {reason}, c.timezone, w.quiet_from, w.quiet_to, w.pause_until
FROM (SELECT %(contact)s::bigint contact_id, %(sms)s::bigint sms_id,
             %(transactional)s::boolean transactional) d {joins}
CROSS JOIN (SELECT %(number)s::text number) n
LEFT JOIN channel_wish w ON w.contact_id = d.contact_id AND w.channel = 'sms'"""
COUNT = """
SELECT {capped} FROM (
  SELECT %(contact)s::bigint contact_id, w.most, w.per FROM (SELECT 1) one
  LEFT JOIN channel_wish w ON w.contact_id = %(contact)s AND w.channel = 'sms') j"""


def explain(text: Text, contact: int, now: datetime) -> Explanation:
    """Judge one contact as the claim of a delivery would."""
    mobile = Contact.objects.filter(pk=contact).values_list("mobile", flat=True).first()
    asked: dict[str, Any] = {
        "contact": contact,
        "sms": text.pk,
        "transactional": text.is_transactional,
        "number": numbers.dial(mobile, preferences.get("contacts.phone_region")),
    }
    statement = ASK.format(reason=reason("n.number"), joins=JOINS)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**policy(), **asked})
        why, *hours = cursor.fetchone()
    until: datetime | None = None
    if why is None and not text.is_transactional:
        values = {"contact": contact}
        why, until = held(Rules.read(LEDGER), COUNT, values, Hours(*hours), now)
    return Explanation(why, until, selects(text, contact))
