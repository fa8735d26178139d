"""Categories and labels: made, changed, emptied and deleted."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from contacts.values import ValueProblem
from contacts.values.text import line
from kernel import filing, usage
from kernel.models import Filing, Folder
from kernel.registry import ConfigProblem, Problem

LONGEST = 60
OFF = "off"


@transaction.atomic
def save(row: Folder, values: Mapping[str, Any], now: datetime) -> Folder:
    """Keep a new one, or changes of one; `ConfigProblem` names what is wrong."""
    new = row.pk is None
    name, problems = _named(values.get("name", row.name))
    row.name, row.colour = name, values.get("colour", row.colour)
    row.kind = values.get("kind", row.kind)
    if row.kind and row.kind not in filing.kinds():
        problems.append(_said("kind", "invalid_choice", _("Nothing of this kind can be filed.")))
    if not 1 <= row.colour <= filing.COLOURS:
        message = _("A number from 1 to %(most)s is expected.") % {"most": filing.COLOURS}
        problems.append(_said("colour", "invalid", message))
    if not problems and _taken(row):
        problems.append(_said("name", "taken", _("There is one of this name.")))
    elsewhere = Filing.objects.filter(folder_id=row.pk).exclude(kind=row.kind)
    if row.kind and not new and elsewhere.exists():
        message = _("Other kinds of items are filed here: take them off first.")
        problems.append(_said("kind", "in_use", message))
    elif not new and row.kind not in ("", *filing.counting()) and _is_asked_for(row.pk):
        message = _("Filters ask for this category: it stays one for what they count.")
        problems.append(_said("kind", "in_use", message))
    if problems:
        raise ConfigProblem(problems)
    row.updated_at, row.version = now, row.version if new else row.version + 1
    row.save()
    filing.forget()
    return row


@transaction.atomic
def empty(row: Folder, then: str) -> None:
    """Have what is filed here be under another one that fits, or (`off`) under none."""
    if then == OFF:
        filing.take_off(row.pk)
        return
    other = next((each for each in others(row) if str(each.pk) == then), None)
    if other is None:
        raise ConfigProblem([_said("move_to", "not_found", _("There is no such object."))])
    filing.move(row.pk, other.pk)


def others(row: Folder) -> list[Folder]:
    """Return under which others what is filed here may be."""
    rows = Folder.objects.filter(sort=row.sort, kind__in=["", row.kind]).exclude(pk=row.pk)
    return list(rows.order_by("name_key", "pk"))


@transaction.atomic
def delete(row: Folder) -> None:
    """Delete one that nothing is filed under (any more)."""
    usage.refuse_if_used("folder", row.pk)
    row.delete()
    filing.forget()


def filed_under(numbers: Iterable[int]) -> dict[int, int]:
    """Count what is filed under each of some."""
    rows = Filing.objects.filter(folder_id__in=list(numbers)).values("folder_id")
    return dict(rows.annotate(count=Count("object_id")).values_list("folder_id", "count"))


def _named(raw: Any) -> tuple[str, list[Problem]]:
    try:
        name = " ".join(line(raw, LONGEST).split())
    except ValueProblem as problem:
        return "", [_said("name", problem.code, problem.message)]
    return name, [] if name else [_said("name", "required", _("A name is needed."))]


def _is_asked_for(folder: int) -> bool:
    """Say whether anything but what is filed there names a category."""
    filed = sum(len(numbers) for numbers in filing.counted([folder])[folder].values())
    return len(usage.used_by("folder", folder)) > filed


def _taken(row: Folder) -> bool:
    same = Folder.objects.filter(sort=row.sort, kind=row.kind, name_key=row.name.lower())
    return same.exclude(pk=row.pk).exists()


def _said(field: str, code: str, message: str) -> Problem:
    return {"field": field, "code": code, "message": message}
