"""What a dead worker leaves behind: the untried goes back, what may be out is never guessed."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from emails.models import Reason, State
from emails.services.telling import moved_each

# Beyond its lease a sending worker may still wait for the server's last answer this long.
LONGEST_ANSWER = timedelta(seconds=60)

# Marketing mail is never sent again by itself; transactional goes out again under the same
# Message-ID, since a lost order confirmation is worse than a second one.
RECOVER = """
UPDATE delivery SET lease_until = NULL, fence = fence + 1,
  state = CASE WHEN state = 1 OR transactional THEN 0 ELSE 5 END,
  attempts = attempts + (state = 2)::int,
  reason = CASE WHEN state = 2 THEN %(reason)s END
WHERE id IN (
  SELECT id FROM delivery WHERE state IN (1, 2) AND transactional = %(transactional)s
    AND (state = 1 AND lease_until < %(now)s OR state = 2 AND lease_until < %(dead)s)
  ORDER BY id FOR UPDATE SKIP LOCKED)
RETURNING email_id, contact_id, state"""


def recover(now: datetime, *, transactional: bool) -> int:
    """Take deliveries from workers that are gone; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RECOVER, _parameters(now, transactional=transactional))
        rows = cursor.fetchall()
        moved_each((row[0], row[1]) for row in rows if row[2] == State.UNCERTAIN)
    return len(rows)


def _parameters(now: datetime, *, transactional: bool) -> dict[str, Any]:
    return {
        "now": now,
        "dead": now - LONGEST_ANSWER,
        "transactional": transactional,
        "reason": Reason.INTERRUPTED,
    }
