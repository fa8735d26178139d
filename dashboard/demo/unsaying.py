"""What the sample says of its people's will goes from those who stay; what they said stays."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from dashboard.demo.marking import marked
from dashboard.demo.words import LATER, SOURCE
from kernel import changes

# Where a made-up word is in force, the latest of their own takes its place, if there is one. What
# closed a channel is made up where a mail of the sample says so at that very moment.
UNSAY = """
WITH made AS (
  SELECT k.contact_id, k.purpose, k.topic_id FROM consent k
  WHERE k.contact_id = ANY(%(people)s) AND EXISTS (
    SELECT 1 FROM consent_record r
    WHERE (r.contact_id, r.purpose, r.topic_id, r.state, r.at)
        = (k.contact_id, k.purpose, k.topic_id, k.state, k.at) AND r.source = %(source)s)
    AND NOT EXISTS (
    SELECT 1 FROM consent_record r
    WHERE (r.contact_id, r.purpose, r.topic_id, r.state, r.at)
        = (k.contact_id, k.purpose, k.topic_id, k.state, k.at) AND r.source <> %(source)s)),
own AS (
  SELECT m.*, r.state, r.at FROM made m LEFT JOIN LATERAL (
    SELECT r.state, r.at FROM consent_record r
    WHERE (r.contact_id, r.purpose, r.topic_id) = (m.contact_id, m.purpose, m.topic_id)
      AND r.source <> %(source)s ORDER BY r.at DESC, r.id DESC LIMIT 1) r ON true),
told AS (
  UPDATE consent k SET state = o.state, at = o.at, asked_at = NULL FROM own o
  WHERE (k.contact_id, k.purpose, k.topic_id) = (o.contact_id, o.purpose, o.topic_id)
    AND o.state IS NOT NULL)
DELETE FROM consent k USING own o
WHERE (k.contact_id, k.purpose, k.topic_id) = (o.contact_id, o.purpose, o.topic_id)
  AND o.state IS NULL;
DELETE FROM do_not_contact n USING delivery d
WHERE n.contact_id = ANY(%(people)s) AND n.channel = 'email' AND n.comment = ''
  AND d.contact_id = n.contact_id AND d.email_id = ANY(%(emails)s)
  AND n.at = CASE n.reason WHEN 'unsubscribed' THEN d.unsubscribed_at
      WHEN 'hard_bounce' THEN coalesce(d.opened_at, d.sent_at) + %(later)s END;
SET LOCAL relais.forgetting = 'on';
DELETE FROM consent_record WHERE contact_id = ANY(%(people)s) AND source = %(source)s;
SET LOCAL relais.forgetting = 'off'"""


def unsay(people: Sequence[int]) -> None:
    """Take the made-up words of locked people back, in the caller's transaction."""
    if not people:
        return
    values: dict[str, Any] = {"people": list(people), "emails": marked("email")}
    values |= {"source": SOURCE, "later": LATER}
    with connection.cursor() as cursor:
        cursor.execute(UNSAY, values)
    changes.announce(people, ["consent", "dnc"])
