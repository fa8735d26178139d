"""Why one person would, or would not, get a text now: the questions that sending asks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from contacts.models import Contact
from contacts.services import numbers
from contacts.services.holding import FREQUENCY, PAUSED, Hours, Rules
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
MEMBER = """
SELECT EXISTS (SELECT 1 FROM member m WHERE m.contact_id = %(contact)s AND m.manual <> 2
               AND m.segment_id = ANY(%(included)s))
   AND NOT EXISTS (SELECT 1 FROM member m WHERE m.contact_id = %(contact)s AND m.manual <> 2
                   AND m.segment_id = ANY(%(excluded)s))"""


@dataclass(frozen=True)
class Explanation:
    """What would become of a text written now."""

    # None: it would go out.
    reason: str | None
    # It would go out then, instead of being left out.
    waits_until: datetime | None
    # Whether a broadcast would choose this person at all; None for other texts.
    selected: bool | None

    @property
    def sends(self) -> bool:
        """Say whether it would go out at once."""
        return self.reason is None and self.selected is not False


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
    if why is None:
        why, until = _held(text, contact, Hours(*hours), now)
    return Explanation(why, until, _selected(text, contact))


def _held(
    text: Text, contact: int, hours: Hours, now: datetime
) -> tuple[str | None, datetime | None]:
    """Return what holds it back, and until when it would wait; the claim asks in this order."""
    if text.is_transactional:
        return None, None
    hold = Rules.read(LEDGER)
    with connection.cursor() as cursor:
        statement = COUNT.format(capped=hold.capped_until())
        cursor.execute(statement, {"contact": contact, "now": now})
        capped: datetime | None = cursor.fetchone()[0]
    why, until = hold.held(hours, now) or (None, None)
    if capped is not None and why != PAUSED:
        why, until = FREQUENCY, capped
    if until is None or not hold.waits(str(why), until, now):
        return why, None
    return why, until


def _selected(text: Text, contact: int) -> bool | None:
    if text.type != Text.Type.SEGMENT:
        return None
    chosen: dict[str, Any] = {
        "contact": contact,
        "included": list(text.segments.values_list("pk", flat=True)),
        "excluded": list(text.excluded_segments.values_list("pk", flat=True)),
    }
    with connection.cursor() as cursor:
        cursor.execute(MEMBER, chosen)
        return bool(cursor.fetchone()[0])
