"""Why one person would, or would not, get an email now: the questions that sending asks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from contacts.services.holding import Hours, Rules
from emails.models import Email, Reason
from emails.services.recipients import JOINS, REASON, policy
from emails.services.workspace import Workspace

ASK = f"""
SELECT {REASON}, c.timezone, w.quiet_from, w.quiet_to, w.pause_until, o.state, l.state
FROM (SELECT %(contact)s::bigint contact_id, %(email)s::bigint email_id,
             %(transactional)s::boolean transactional) d {JOINS}
LEFT JOIN channel_wish w ON w.contact_id = d.contact_id AND w.channel = 'email'
LEFT JOIN consent o ON o.contact_id = d.contact_id AND o.purpose = 'open_tracking'
                   AND o.topic_id = 0
LEFT JOIN consent l ON l.contact_id = d.contact_id AND l.purpose = 'click_tracking'
                   AND l.topic_id = 0"""  # noqa: S608 - fragments of ours
COUNT = """
SELECT {capped} FROM (
  SELECT %(contact)s::bigint contact_id, %(topic)s::bigint topic_id, w.most, w.per
  FROM (SELECT 1) one
  LEFT JOIN channel_wish w ON w.contact_id = %(contact)s AND w.channel = 'email') j"""
MEMBER = """
SELECT EXISTS (SELECT 1 FROM member m WHERE m.contact_id = %(contact)s AND m.manual <> 2
               AND m.segment_id = ANY(%(included)s))
   AND NOT EXISTS (SELECT 1 FROM member m WHERE m.contact_id = %(contact)s AND m.manual <> 2
                   AND m.segment_id = ANY(%(excluded)s))"""


@dataclass(frozen=True)
class Explanation:
    """What would become of a message written now."""

    # None: it would go out.
    reason: str | None
    # It would go out then, instead of being left out.
    waits_until: datetime | None
    # Whether a broadcast would choose this person at all; None for other emails.
    selected: bool | None
    opens_measured: bool
    clicks_measured: bool

    @property
    def sends(self) -> bool:
        """Say whether it would go out at once."""
        return self.reason is None and self.selected is not False


def explain(email: Email, contact: int, now: datetime) -> Explanation:
    """Judge one contact as the claim of a delivery would."""
    transactional = email.is_transactional
    asked = {"contact": contact, "email": email.pk, "transactional": transactional}
    rules = policy([contact], transactional=transactional)
    with connection.cursor() as cursor:
        cursor.execute(ASK, {**rules, **asked})
        reason, timezone, begins, ends, pause, opens, clicks = cursor.fetchone()
    until: datetime | None = None
    if reason is None:
        hours = Hours(timezone, begins, ends, pause)
        reason, until = _held(email, contact, hours, now)
    workspace = Workspace.read()
    return Explanation(
        reason=reason,
        waits_until=until,
        selected=_selected(email, contact),
        opens_measured=workspace.may_measure(opens),
        clicks_measured=workspace.may_measure(clicks),
    )


def _held(
    email: Email, contact: int, hours: Hours, now: datetime
) -> tuple[str | None, datetime | None]:
    """Return what holds it back, and until when it would wait; the claim asks in this order."""
    if email.is_transactional:
        return None, None
    hold = Rules.read()
    values: dict[str, Any] = {"contact": contact, "topic": email.topic_id, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(capped=hold.capped_until()), values)
        capped: datetime | None = cursor.fetchone()[0]
    why, until = hold.held(hours, now) or (None, None)
    if capped is not None and why != Reason.PAUSED:
        why, until = Reason.FREQUENCY, capped
    if until is None or not hold.waits(str(why), until, now):
        return why, None
    return why, until


def _selected(email: Email, contact: int) -> bool | None:
    if email.type != Email.Type.SEGMENT:
        return None
    chosen: dict[str, Any] = {
        "contact": contact,
        "included": list(email.segments.values_list("pk", flat=True)),
        "excluded": list(email.excluded_segments.values_list("pk", flat=True)),
    }
    with connection.cursor() as cursor:
        cursor.execute(MEMBER, chosen)
        return bool(cursor.fetchone()[0])
