"""What of contacts can be reported on and exported."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.catalogue import catalogue
from kernel.exports import stream
from kernel.permissions import Reach
from kernel.sources import Column, Source, sources

ROWS = """
SELECT c.id, {values},
  (SELECT string_agg(t.name, ', ' ORDER BY t.name_key)
   FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id WHERE ct.contact_id = c.id)
FROM contact c
JOIN contact_state s ON s.contact_id = c.id
LEFT JOIN company co ON co.id = c.company_id
WHERE c.created_at >= %s AND c.created_at < %s AND (%s OR c.owner_id = %s)
ORDER BY c.created_at, c.id"""


@sources.register
class Contacts(Source):
    """Contacts that came in a period, with every field."""

    key = "contacts.contacts"
    label = _("Contacts")

    def columns(self) -> Sequence[Column]:
        """Return the id, every field by alias, and the tags."""
        fields = catalogue().fields.values()
        named = [Column(spec.alias, spec.label, spec.type) for spec in fields]
        return [Column("id", _("Id"), "number"), *named, Column("tags", _("Tags"))]

    def rows(self, user: Any, start: datetime, end: datetime) -> Iterator[Sequence[Any]]:
        """Yield the contacts the user may export, oldest first."""
        reach = user.reach("contacts", "export")
        if reach is Reach.NONE:
            return iter(())
        values = ", ".join(spec.sql for spec in catalogue().fields.values())
        everybody = user.reach("contacts", "view") is Reach.ALL
        return stream(ROWS.format(values=values), [start, end, everybody, user.pk])
