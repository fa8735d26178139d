"""Shows a text as one contact gets it, or would, without sending or measuring anything."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from contacts.services.token_values import columns_of
from kernel.zone import workspace_zone
from sms.models import Text
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


def _shown(version: Compiled, contact: int | None, now: datetime) -> Shown:
    columns = columns_of(version.message.uses)
    row: Any = None
    if contact is not None:
        with connection.cursor() as cursor:
            cursor.execute(READ.format(values=columns.sql(), owner=columns.joins()), [contact])
            row = cursor.fetchone()
    values = columns.values(row[0] if row else [None] * len(columns.columns), None)
    shared = {"today": now.astimezone(workspace_zone()).date()}
    body = fill(version, {**values, **shared}, _short)
    return Shown(body, count(body), varies=bool(version.message.uses - {"today"}))


def _short(position: int, _destination: str) -> str:
    """Return an address as long as a real one, which leads nowhere."""
    return links.address(f"{position}".rjust(links.LENGTH, "0"))
