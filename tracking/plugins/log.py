"""The log of events as a source of exports and reports."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.exports import stream
from kernel.permissions import Reach
from kernel.sources import Column, Source, sources

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
