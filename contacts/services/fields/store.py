"""Makes, changes and deletes custom fields, and tells everybody."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import once_sensitive
from contacts.catalogue import FieldSpec, spec_of
from contacts.models import Field
from contacts.services import company_keys
from contacts.services.fields import fitting, uniqueness
from contacts.services.fields.definition import defined, fault
from contacts.services.identity import identity
from contacts.values import ValueProblem
from kernel import changes, secrecy, usage
from kernel.models import Job
from kernel.registry import ConfigProblem

MOST_INDEXED = 10
NO_LONGER = gettext_lazy("Only who may see what is sensitive can say that it is no longer.")
# Settings whose change tells which values there are, or says other words of them.
TELLING = ("options", "decimals", "default")
# What parts several choices in the cells of exports.
BAR = re.compile(r"(?:^| )\|(?: |$)")


@transaction.atomic
def create(values: Mapping[str, Any], now: datetime) -> Field:
    """Make a field; an alias is made from the label where none is given."""
    row = defined(values, Field(created_at=now))
    _refuse_while_forgetting(row)
    _refuse_unveiling(row)
    _refuse_eleventh_index(row)
    _refuse_bars(row)
    row.updated_at = now
    row.save()
    if row.object == Field.Object.CONTACT:
        fitting.request(row.pk, now)
    _announce(row)
    return row


@transaction.atomic
def change(row: Field, values: Mapping[str, Any], now: datetime) -> Field:
    """Change a field; its object, type and alias never change."""
    before = Field.objects.select_for_update().get(pk=row.pk)
    row = defined(values, Field.objects.get(pk=row.pk))
    if before.sensitive and not row.sensitive and secrecy.hides():
        raise _refuse("sensitive", "not_allowed", NO_LONGER)
    if any(getattr(row, name) != getattr(before, name) for name in TELLING):
        refuse_hidden(before)
    _refuse_lost_options(before, row)
    _refuse_bars(row, before)
    _refuse_lost_decimals(before, row)
    _change_uniqueness(before, row)
    if row.indexed and not before.indexed:
        _refuse_eleventh_index(row)
    row.updated_at, row.version = now, before.version + 1
    row.save()
    if row.indexed != before.indexed:
        fitting.request(row.pk, now)
    _announce(row)
    return row


@transaction.atomic
def delete(row: Field, now: datetime) -> None:
    """Delete a field nobody's settings name; its values go, slice by slice.

    What was asked about a sensitive one stays masked for whoever may not see what is sensitive.
    """
    refuse_hidden(row)
    usage.refuse_if_used("field", row.pk)
    number = row.pk
    row.delete()
    if row.sensitive:
        once_sensitive.add(row.alias)
    if row.object == Field.Object.CONTACT:
        uniqueness.end(row.alias)
        fitting.request(number, now)
    else:
        company_keys.end(row.alias)
    fitting.request_forgetting(row, now)
    _announce(row)


def refuse_hidden(row: Field) -> None:
    """Refuse to take away, count or rename values that whoever asks may not see."""
    if row.sensitive and secrecy.hides():
        raise PermissionDenied


def _announce(row: Field) -> None:
    kind = "field" if row.object == Field.Object.CONTACT else "company"
    changes.announce_everyone([f"{kind}:{row.alias}"])


def _spec(row: Field) -> FieldSpec:
    spec = spec_of(row)
    if row.object == Field.Object.COMPANY:
        return replace(spec, sql=spec.sql.replace("c.attrs", "co.attrs"))
    return spec


def _refuse(field: str, code: str, message: object) -> ConfigProblem:
    return ConfigProblem([fault(field, code, str(message))])


def _refuse_while_forgetting(row: Field) -> None:
    """Values of a deleted field must not come back to life in one of the same name."""
    open_jobs = Job.objects.filter(
        kind=fitting.FORGET, state__in=[Job.State.QUEUED, Job.State.RUNNING]
    )
    if open_jobs.filter(args={"object": row.object, "alias": row.alias}).exists():
        message = _("A field of this name is being deleted; try again in a moment.")
        raise _refuse("alias", "being_deleted", message)


def _refuse_unveiling(row: Field) -> None:
    """What was asked about a deleted sensitive field is told where an open one has its name."""
    if row.sensitive or row.object != Field.Object.CONTACT or not secrecy.hides():
        return
    if row.alias in once_sensitive.aliases():
        raise _refuse("sensitive", "not_allowed", NO_LONGER)


def _refuse_eleventh_index(row: Field) -> None:
    if not row.indexed:
        return
    if Field.objects.filter(indexed=True).exclude(pk=row.pk).count() >= MOST_INDEXED:
        message = _("At most %(count)s fields can be indexed: each makes every change dearer.")
        raise _refuse("indexed", "too_many", message % {"count": MOST_INDEXED})


def _refuse_bars(row: Field, before: Field | None = None) -> None:
    """A new choice may not look like two in an export; those there are stay."""
    known = [option["value"] for option in before.options] if before else []
    if any(BAR.search(one["value"]) and one["value"] not in known for one in row.options):
        message = _("A bar between spaces parts several choices in files: leave the spaces out.")
        raise _refuse("options", "invalid", message)


def _refuse_lost_options(before: Field, row: Field) -> None:
    """An option somebody has stays: its value means something."""
    if before.type not in {"select", "multiselect"}:
        return
    kept = {option["value"] for option in row.options}
    gone = [option["value"] for option in before.options if option["value"] not in kept]
    test = "{sql} = %s" if before.type == "select" else "{sql} ? %s"
    for value in gone:
        if _exists(row, test, [value]):
            message = _("“%(value)s” is in use by contacts or companies.") % {"value": value}
            raise _refuse("options", "in_use", message)


def _refuse_lost_decimals(before: Field, row: Field) -> None:
    if row.decimals < before.decimals and _exists(row, "scale({sql}) > %s", [row.decimals]):
        message = _("There are values with more decimals.")
        raise _refuse("decimals", "in_use", message)


def _exists(row: Field, test: str, values: list[Any]) -> bool:
    table = "company co" if row.object == Field.Object.COMPANY else "contact c"
    condition = test.format(sql=_spec(row).sql)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE {condition})", values)  # noqa: S608
        return bool(cursor.fetchone()[0])


def _change_uniqueness(before: Field, row: Field) -> None:
    if row.unique == before.unique:
        return
    of_contact = row.object == Field.Object.CONTACT
    if not row.unique:
        (uniqueness if of_contact else company_keys).end(row.alias)
        return
    try:
        if of_contact:
            _begin(_spec(row))
        else:
            company_keys.begin(row.alias)
    except ValueProblem as problem:
        raise _refuse("unique", problem.code, problem.message) from problem


def _begin(spec: FieldSpec) -> None:
    who = identity()
    uniqueness.begin(spec.alias, spec.sql, replace(who, kinds={**who.kinds, spec.alias: spec}))
