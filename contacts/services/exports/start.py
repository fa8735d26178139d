"""Ask for an export: the right, what is meant, and a job that writes it; or call one off."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Export
from contacts.services.exports.rights import may_export, only_own
from kernel import jobs
from kernel.registry import ConfigProblem
from kernel.sources import Chosen, Source, sources

KIND = "contacts.export"
OPEN = (Export.State.QUEUED, Export.State.RUNNING)
# The columns of the file, beside what was chosen.
WRITTEN = "written"
# A user's, at once: files are large, and hands few.
MOST_OPEN = 5


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for; `expected` is how many rows that is, as far as it is known."""

    source: str
    chosen: Chosen
    format: str = Export.Format.CSV
    expected: int = 0


def queue(user: Any, wanted: Wanted, now: datetime) -> Export:
    """Queue an export; what it names must be there, and be the user's to see."""
    source = sources.get(wanted.source)
    if source is None or not source.exports:
        raise _refused("source", "unknown_source", _("There is no such list to export."))
    if not may_export(source, user):
        raise PermissionDenied
    chosen = replace(wanted.chosen, only_own=wanted.chosen.only_own or only_own(source, user))
    _check(source(), user, chosen)
    with transaction.atomic():
        # Who asks twice at once waits for themselves.
        get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
        if Export.objects.filter(owner_id=user.pk, state__in=OPEN).count() >= MOST_OPEN:
            message = _("Wait until one of your exports is finished.")
            raise _refused("", "too_many", message)
        row = Export.objects.create(
            source=wanted.source,
            format=wanted.format,
            chosen=chosen.as_json(),
            expected=wanted.expected,
            owner_id=user.pk,
            created_at=now,
            updated_at=now,
        )
        job = jobs.enqueue(KIND, {"export": row.pk}, now=now, user_id=user.pk)
        row.job_id = job.pk if job else None
        row.save(update_fields=["job_id"])
    return row


def cancel(row: Export, now: datetime) -> bool:
    """Call an export off; its writer notices within a second and leaves nothing behind."""
    with transaction.atomic():
        # The job's row first, as the writer does.
        if row.job_id is not None:
            jobs.cancel(row.job_id, now)
        ended = Export.objects.filter(pk=row.pk, state__in=OPEN).update(
            state=Export.State.CANCELLED, finished_at=now
        )
    return bool(ended)


def told(row: Export) -> dict[str, Any]:
    """Return what the audit trail keeps of an export: how rows were chosen, which columns.

    What was looked for names people, and would outlive them there.
    """
    chosen = row.chosen
    kept = {
        "chosen_by": _ways(chosen),
        "columns": chosen.get("columns"),
        "only_own": chosen.get("only_own"),
    }
    told = {key: value for key, value in kept.items() if value}
    return {"source": row.source, "format": row.format, "rows": row.rows, **told}


def chosen_of(row: Export) -> Chosen:
    """Return what was chosen, as its source takes it."""
    return Chosen(**{key: value for key, value in row.chosen.items() if key != WRITTEN})


def _ways(chosen: dict[str, Any]) -> list[str]:
    if chosen.get("ids") is not None:
        return ["ids"]
    search = chosen.get("search") or {}
    asked = {"text": search.get("text"), "filter": search.get("tree")}
    named = {key for key, value in asked.items() if value}
    return sorted(named | set(search.get("answers") or {})) or ["everything"]


def _check(source: Source, user: Any, chosen: Chosen) -> None:
    known = {column.key for column in source.columns()}
    for number, key in enumerate(chosen.columns):
        if key not in known:
            message = _("There is no column %(key)s.") % {"key": key}
            raise _refused(f"columns.{number}", "unknown_column", message)
    source.selected(user, chosen)


def _refused(field: str, code: str, message: str) -> ConfigProblem:
    return ConfigProblem([{"field": field, "code": code, "message": message}])
