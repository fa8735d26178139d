"""What tracking offers: last activity, kept from what people do, and the log as a source."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kernel import preferences
from kernel.changes import Changes
from kernel.events import event_types, type_id
from kernel.exports import stream
from kernel.permissions import Reach
from kernel.sources import Column, Source, sources
from kernel.subscribers import Subscriber, subscribers

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


# Measure people who were never asked; who refused is never measured.
preferences.declare("tracking.measure_unasked", True, preferences.yes_or_no)  # noqa: FBT003


LOG = """
SELECT e.id, t.key, e.contact_id, e.occurred_at, e.subject_id, e.verdict, e.data::text
FROM event e JOIN event_type t ON t.id = e.type_id
WHERE e.occurred_at >= %s AND e.occurred_at < %s
  AND (%s OR EXISTS (SELECT 1 FROM contact c WHERE c.id = e.contact_id AND c.owner_id = %s))
ORDER BY e.occurred_at, e.id"""


@sources.register
class Events(Source):
    """What happened in a period."""

    key = "tracking.events"
    label = _("Events")

    def columns(self) -> Sequence[Column]:
        """Return what every event has; its own data are one JSON document."""
        return [
            Column("id", _("Id"), "number"),
            Column("type", _("Type")),
            Column("contact", _("Contact"), "number"),
            Column("occurred_at", _("Time"), "datetime"),
            Column("subject", _("Subject"), "number"),
            Column("verdict", _("Verdict"), "number"),
            Column("data", _("Data")),
        ]

    def rows(self, user: Any, start: datetime, end: datetime) -> Iterator[Sequence[Any]]:
        """Yield the events of contacts the user may export, oldest first."""
        if user.reach("contacts", "export") is Reach.NONE:
            return iter(())
        everybody = user.reach("contacts", "view") is Reach.ALL
        return stream(LOG, [start, end, everybody, user.pk])
