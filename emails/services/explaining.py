"""Why one person would, or would not, get an email now: the questions that sending asks."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from channels.services import explaining
from channels.services.audiences import selects
from contacts.services.holding import Hours, Rules
from emails.models import Email
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


@dataclass(frozen=True)
class Measured(explaining.Explanation):
    """What would become of a mail written now, and what would be measured of it."""

    opens_measured: bool
    clicks_measured: bool


def explain(email: Email, contact: int, now: datetime) -> Measured:
    """Judge one contact as the claim of a delivery would."""
    transactional = email.is_transactional
    asked = {"contact": contact, "email": email.pk, "transactional": transactional}
    rules = policy([contact], transactional=transactional)
    with connection.cursor() as cursor:
        cursor.execute(ASK, {**rules, **asked})
        reason, timezone, begins, ends, pause, opens, clicks = cursor.fetchone()
    until: datetime | None = None
    if reason is None and not transactional:
        hours = Hours(timezone, begins, ends, pause)
        values = {"contact": contact, "topic": email.topic_id}
        reason, until = explaining.held(Rules.read(), COUNT, values, hours, now)
    workspace = Workspace.read()
    return Measured(
        reason=reason,
        waits_until=until,
        selected=selects(email, contact),
        opens_measured=workspace.may_measure(opens),
        clicks_measured=workspace.may_measure(clicks),
    )
