"""The value of a field at one contact, as people read it: why it is in a segment, or is not."""

from typing import Any

from django.db import connection
from django.utils.translation import get_language

from contacts.catalogue import FieldSpec
from contacts.filters.family import Target
from contacts.filters.standing import Standing, Suppressed, label_of
from contacts.models import ContactTag
from contacts.values import display
from kernel import secrecy, subjects
from kernel.filters import Mode, Sql, When, joins
from kernel.filters.pieces import render

SHOWN = 5
# What is written as fields of another type are.
PLAIN = {"suppressed": "boolean", "score": "number", "interest": "number"}
NAMED = {"owner": "user", "stage": "stage"}


def shown(target: Target, contact: int, when: When) -> str:
    """Read the value and write it for people; empty where there is none."""
    if target.sensitive and secrecy.hides():
        return "•••"
    if target.type == "tags":
        rows = ContactTag.objects.filter(contact_id=contact).order_by("tag__name_key")
        return ", ".join(rows.values_list("tag__name", flat=True)[:SHOWN])
    value = _value(target, contact, when)
    if value is None:
        return ""
    if target.type in Standing.gathered:
        return ", ".join(label_of(target, one) for one in sorted(value))
    if target.type in NAMED:
        return subjects.names(NAMED[target.type], [value]).get(value, f"#{value}")
    kind = PLAIN.get(target.type, target.type)
    spec = FieldSpec(target.alias, kind, target.name, "", options=target.options)
    return display(spec, value, get_language() or "en", str(when.zone))


def _value(target: Target, contact: int, when: When) -> Any:
    wanted: Sql = target.computed or (target.sql,)
    if target.type in Suppressed.types:
        wanted = Suppressed().positive(target, "is", operand=True, mode=Mode.BATCH)
    sql, parameters = render(wanted, lambda: when)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {sql} FROM contact c"  # noqa: S608 - expressions of the catalogue
            f" {joins.written([target.source])} WHERE c.id = %s",
            [*parameters, contact],
        )
        row = cursor.fetchone()
    return row[0] if row else None
