"""The value of a field at one contact, as people read it: why it is in a segment, or is not."""

from typing import Any

from django.db import connection
from django.utils.translation import get_language

from contacts.catalogue import FieldSpec
from contacts.filters.family import Target
from contacts.models import ContactTag
from contacts.values import display
from kernel import subjects
from kernel.filters import When, joins

SHOWN = 5
NAMED = {"owner": "user", "stage": "stage"}


def shown(target: Target, contact: int, when: When) -> str:
    """Read the value and write it for people; empty where there is none."""
    if target.type == "tags":
        rows = ContactTag.objects.filter(contact_id=contact).order_by("tag__name_key")
        return ", ".join(rows.values_list("tag__name", flat=True)[:SHOWN])
    value = _value(target, contact)
    if value is None:
        return ""
    if target.type in NAMED:
        return subjects.names(NAMED[target.type], [value]).get(value, f"#{value}")
    spec = FieldSpec(target.alias, target.type, target.name, "", options=target.options)
    return display(spec, value, get_language() or "en", str(when.zone))


def _value(target: Target, contact: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {target.sql} FROM contact c"  # noqa: S608 - expressions of the catalogue
            f" {joins.written([target.source])} WHERE c.id = %s",
            [contact],
        )
        row = cursor.fetchone()
    return row[0] if row else None
