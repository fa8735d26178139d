"""What the kernel itself offers: `contact_activity`, kept from every counted event."""

from datetime import datetime

from django.db import connection

from kernel import dropping
from kernel import housekeeping as housekeeping
from kernel import retaining as retaining
from kernel.changes import Changes
from kernel.events import event_types, type_id
from kernel.filters import events as _behaviour  # noqa: F401 - registers the condition
from kernel.subscribers import Subscriber, subscribers

dropping.declare()

FOLD = """
INSERT INTO contact_activity (contact_id, type_id, count, first_at, last_at)
SELECT contact, type, count(*), min(at), max(at)
FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) f(contact, type, at)
GROUP BY contact, type ORDER BY contact, type
ON CONFLICT (contact_id, type_id) DO UPDATE SET
  count = contact_activity.count + excluded.count,
  first_at = least(contact_activity.first_at, excluded.first_at),
  last_at = greatest(contact_activity.last_at, excluded.last_at)"""


@subscribers.register
class KeepActivity(Subscriber):
    """Reacts first, so that whatever reads activity in this round finds it."""

    key = "kernel.activity"
    label = "Contact activity"
    order = 10

    def react(self, changes: Changes, now: datetime) -> None:
        """Fold the batch's events into one row a contact and type."""
        # Custom events are not registered, and are counted like most.
        uncounted = {None} | {type_id(kind.key) for kind in event_types if not kind.counted}
        facts = [change for change in changes.changes if change.type_id not in uncounted]
        if not facts:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                FOLD,
                [
                    [fact.contact for fact in facts],
                    [fact.type_id for fact in facts],
                    [fact.occurred_at for fact in facts],
                ],
            )
