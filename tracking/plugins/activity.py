"""Last activity, kept from what people do; and both kinds of activity put right afterwards."""

from datetime import datetime

from django.db import connection

from kernel.changes import Changes
from kernel.events import event_types, type_id
from kernel.subscribers import Subscriber, subscribers
from tracking.services import corrections

# Rows are locked in the order of ids; only a later instant is written.
TOUCH = """
WITH seen AS (
  SELECT contact, max(at) at FROM unnest(%s::bigint[], %s::timestamptz[]) f(contact, at)
  GROUP BY contact),
held AS (
  SELECT contact_id, seen.at FROM contact_state JOIN seen ON seen.contact = contact_id
  WHERE last_active_at IS NULL OR last_active_at < seen.at
  ORDER BY contact_id FOR NO KEY UPDATE OF contact_state)
UPDATE contact_state s SET last_active_at = held.at FROM held
WHERE s.contact_id = held.contact_id"""


@subscribers.register
class KeepLastActive(Subscriber):
    """Moves `last_active_at` when a person opened, clicked, visited, bought."""

    key = "tracking.last_active"
    label = "Last activity"
    order = 20

    def react(self, changes: Changes, now: datetime) -> None:
        """Take the latest instant of each contact's active events."""
        passive = {type_id(kind.key) for kind in event_types if not kind.active}
        facts = [
            (change.contact, change.occurred_at)
            for change in changes.changes
            if change.type_id is not None and change.type_id not in passive and change.occurred_at
        ]
        if facts:
            with connection.cursor() as cursor:
                cursor.execute(TOUCH, [[f[0] for f in facts], [f[1] for f in facts]])
            changes.also.add("state:last_active_at")


@subscribers.register
class PutRight(Subscriber):
    """Takes back from the summaries what a machine turned out to have done, or the reverse.

    Reacts behind those who keep them, so that an event is added before it is taken away.
    """

    key = "tracking.corrections"
    label = "Corrections of verdicts"
    order = 30

    def react(self, changes: Changes, now: datetime) -> None:
        """Compensate the corrections of the batch."""
        told = changes.events(type_id(corrections.CORRECTED))
        if told:
            corrections.compensate(
                [(c.event, c.occurred_at) for c in told if c.event and c.occurred_at]
            )
            changes.also.add("state:last_active_at")
