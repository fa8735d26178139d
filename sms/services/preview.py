"""Shows a text as one contact gets it, or would, without sending or measuring anything."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection

from contacts.services.token_values import columns_of
from content.problems import RenderRefused
from kernel.zone import workspace_zone
from sms.models import Text, TextDelivery, TextVersion
from sms.parts import Parts, count
from sms.services import links
from sms.services.composing import fill
from sms.services.versions import Compiled, as_written, load

READ = """
SELECT ARRAY[{values}]::text[] FROM contact c
LEFT JOIN contact_state s ON s.contact_id = c.id LEFT JOIN company co ON co.id = c.company_id
{owner} WHERE c.id = %s"""


@dataclass(frozen=True)
class Shown:
    """A text as somebody gets it, and in how many parts it goes."""

    body: str
    parts: Parts
    # Whether another reader's values may make it longer, or shorter.
    varies: bool


def preview(text: Text, contact: int | None, now: datetime) -> Shown:
    """Fill the current version in; without a contact every value is empty."""
    return _shown(load(text.current_id or 0, workspace_zone()), contact, now)


def draft(text: Text, contact: int | None, now: datetime) -> Shown:
    """Fill in what an author has before them; `TemplateRefused` says what is wrong with it."""
    return _shown(as_written(text, workspace_zone()), contact, now)


def texts(rows: Iterable[TextDelivery]) -> dict[int, str]:
    """Return the words of texts that went out, filled in as they were sent, by delivery.

    What was never sent has none, nor has a text whose version or reader is gone.
    """
    sent = [row for row in rows if row.sent_at and row.version_id and row.contact_id]
    kept = TextVersion.objects.filter(pk__in={row.version_id for row in sent})
    there, zone = set(kept.values_list("pk", flat=True)), workspace_zone()
    # What is read of a reader is the same in all texts of one version.
    read: dict[tuple[int, int], dict[str, Any] | None] = {}
    found = {}
    for row in sent:
        if row.version_id not in there:
            continue
        version, which = load(row.version_id, zone), (row.version_id, row.contact_id)
        if which not in read:
            read[which] = _values(version, row.contact_id)
        if (values := read[which]) is None or row.sent_at is None:
            continue
        own = {"event": row.context or {}, "today": row.sent_at.astimezone(zone).date()}
        with suppress(RenderRefused):
            found[row.pk] = fill(version, {**values, **own}, partial(_address, row.pk))
    return found


def _shown(version: Compiled, contact: int | None, now: datetime) -> Shown:
    values = None if contact is None else _values(version, contact)
    if values is None:
        columns = columns_of(version.message.uses)
        values = columns.values([None] * len(columns.columns), None)
    shared = {"today": now.astimezone(workspace_zone()).date()}
    body = fill(version, {**values, **shared}, _short)
    return Shown(body, count(body), varies=bool(version.message.uses - {"today"}))


def _short(position: int, _destination: str) -> str:
    """Return an address as long as a real one, which leads nowhere."""
    return links.address(f"{position}".rjust(links.LENGTH, "0"))


def _address(delivery: int, position: int, _destination: str) -> str:
    """Return the short address that stood in a text."""
    return links.address(links.code(delivery, position))


def _values(version: Compiled, contact: int) -> dict[str, Any] | None:
    """Return the values of one contact; None when there is no such contact."""
    columns = columns_of(version.message.uses)
    with connection.cursor() as cursor:
        cursor.execute(READ.format(values=columns.sql(), owner=columns.joins()), [contact])
        row = cursor.fetchone()
    return columns.values(row[0], None) if row else None
