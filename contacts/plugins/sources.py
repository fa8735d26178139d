"""What of contacts can be reported on and exported."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.services.exports import reading
from kernel import secrecy
from kernel.exports import stream
from kernel.permissions import Reach, whose
from kernel.sources import Chosen, Column, Selected, Source, sources

PERIOD = """
SELECT {values} {tables}
WHERE c.created_at >= %s AND c.created_at < %s AND (%s OR c.owner_id = %s)
ORDER BY c.created_at, c.id"""


@sources.register
class Contacts(Source):
    """Contacts with every field: those that came in a period, or those somebody chose."""

    key = "contacts.contacts"
    label = _("Contacts")
    exports = "contacts"

    def columns(self) -> Sequence[Column]:
        """Return the id, every field by alias, tags and owner."""
        return [column for column, _sql in reading.people_columns().values()]

    def rows(self, user: Any, start: datetime, end: datetime) -> Iterator[Sequence[Any]]:
        """Yield the contacts the user may export, oldest first."""
        reach = user.reach("contacts", "export")
        if reach is Reach.NONE:
            return iter(())
        with secrecy.reading_for(user):
            values = ", ".join(sql for _column, sql in reading.people_columns().values())
        everybody = user.reach("contacts", "view") is Reach.ALL
        statement = PERIOD.format(values=values, tables=reading.tables(reading.PEOPLE))
        return stream(statement, [start, end, everybody, user.pk])

    def selected(self, user: Any, chosen: Chosen) -> Selected:
        """Read whom the list of contacts shows for a search, or those ticked."""
        return reading.people(user, chosen)


@sources.register
class Companies(Source):
    """Companies with their fields: those that came in a period, or those somebody chose."""

    key = "contacts.companies"
    label = _("Companies")
    exports = "companies"

    def columns(self) -> Sequence[Column]:
        """Return id, name, their fields, owner, number of people."""
        return [column for column, _sql in reading.company_columns().values()]

    def rows(self, user: Any, start: datetime, end: datetime) -> Iterator[Sequence[Any]]:
        """Yield the companies the user may export, oldest first."""
        reach = user.reach("companies", "export")
        if reach is Reach.NONE:
            return iter(())
        mine = whose(user, "contacts")
        values = ", ".join(sql for _column, sql in reading.company_columns(mine).values())
        everybody = user.reach("companies", "view") is Reach.ALL
        statement = PERIOD.format(values=values, tables=reading.tables(reading.COMPANIES))
        return stream(statement, [start, end, everybody, user.pk])

    def selected(self, user: Any, chosen: Chosen) -> Selected:
        """Read what the list of companies shows for a search, or those ticked."""
        return reading.companies(user, chosen)
