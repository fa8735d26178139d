"""What a dead worker leaves behind: the untried goes back, what may be out is looked for."""

from datetime import datetime, timedelta

from django.db import connection

# Beyond its lease a worker may still wait for the provider's answer so long.
LONGEST_ANSWER = timedelta(seconds=30)
RECOVER = """
UPDATE sms_delivery SET lease_until = NULL, fence = fence + 1,
  state = CASE WHEN state = 1 THEN 0 ELSE 5 END,
  doubts = doubts + (state = 2)::int,
  due_at = CASE WHEN state = 1 THEN due_at ELSE %(now)s END,
  reason = CASE WHEN state = 2 THEN 'interrupted' END
WHERE id IN (
  SELECT id FROM sms_delivery WHERE state IN (1, 2)
    AND (state = 1 AND lease_until < %(now)s OR state = 2 AND lease_until < %(dead)s)
  ORDER BY id FOR UPDATE SKIP LOCKED)"""


def recover(now: datetime) -> None:
    """Take deliveries from workers that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(RECOVER, {"now": now, "dead": now - LONGEST_ANSWER})
