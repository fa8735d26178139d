"""Undo an import: forget the people it created, but for whom something happened to since."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contacts.models import Import
from contacts.models.imports import What
from contacts.services.erase import drop, hold
from contacts.services.imports import undo_companies
from contacts.services.imports.files import discard
from contacts.services.imports.objects import COMPANY, of
from kernel import clock, jobs
from kernel.changes import announce_everyone
from kernel.events import kind_of
from kernel.jobs import Claimed, LeaseLost, Refusal, Unfinished
from kernel.locks import LANES, by_lane
from kernel.models import EventKind, Job
from kernel.permissions import Actor, Reach, narrow
from kernel.registry import ConfigProblem

KIND = "contacts.undo_import"
ENDED = (Import.State.DONE, Import.State.FAILED, Import.State.CANCELLED)
# Of one lane, for while they go nobody reacts to what happens there.
AT_ONCE = 200
SLICE = AT_ONCE * LANES
TURN_SECONDS = 20
# Of more people than these it is not counted beforehand who stays.
COUNTED = 20_000
# What we did to people that cannot be taken back, beside what they did themselves.
SENT = "emails.sent"
# Said in the language of whoever reads it.
NOBODY = gettext_noop("Whoever asked for this may no longer delete contacts.")

# Who was changed by anybody else, is in another import, became one with somebody, was active or was
# written to is known for more than this file: the first reason that holds, nothing where none does.
JUDGED = """
SELECT c.id, CASE
  WHEN EXISTS (SELECT 1 FROM import_contact o
               WHERE o.contact_id = c.id AND o.import_id <> %(import)s) THEN 'other_import'
  WHEN EXISTS (SELECT 1 FROM merge m WHERE m.winner_id = c.id) THEN 'merged'
  WHEN EXISTS (SELECT 1 FROM event e
               WHERE e.contact_id = c.id AND e.type_id = ANY(%(sent)s::smallint[])
                 AND e.occurred_at >= %(since)s) THEN 'written_to'
  WHEN EXISTS (SELECT 1 FROM contact_activity a
               WHERE a.contact_id = c.id AND a.type_id = ANY(%(types)s::smallint[]))
    OR EXISTS (SELECT 1 FROM event e
               WHERE e.contact_id = c.id AND e.type_id = ANY(%(types)s::smallint[])
                 AND e.occurred_at >= %(since)s) THEN 'active'
  WHEN c.updated_at <> coalesce(ic.written_at, c.created_at) THEN 'changed'
  END
FROM contact c
JOIN import_contact ic ON ic.contact_id = c.id AND ic.import_id = %(import)s AND ic.what = 1
WHERE c.id = ANY(%(contacts)s)
ORDER BY c.id"""
NOT_YOURS = "not_yours"


def may_undo(imported: Import, user: Actor) -> bool:
    """Say whether a user may have the people of an import forgotten."""
    return (
        imported.state in ENDED
        and imported.created > 0
        and user.can("imports", "edit", imported.owner_id)
        and user.reach(of(imported).rights, "delete") is not Reach.NONE
    )


def start(imported: Import, user_id: int, now: datetime) -> None:
    """Queue the undoing of an import that has ended; `ConfigProblem` for any other."""
    with transaction.atomic():
        begun = Import.objects.filter(pk=imported.pk, state__in=ENDED, created__gt=0).update(
            state=Import.State.UNDOING, undone=0, kept=0, kept_for={}, error=""
        )
        if not begun:
            message = _("There is nothing of this import to undo.")
            raise ConfigProblem([{"field": "", "code": "nothing", "message": message}])
        args = {"import": imported.pk, "was": imported.state}
        job = jobs.enqueue(KIND, args, now=now, user_id=user_id)
        Import.objects.filter(pk=imported.pk).update(job_id=job.pk if job else None)
        if imported.state == Import.State.FAILED:
            # It is not resumed any more.
            transaction.on_commit(partial(discard, imported.file))
    imported.refresh_from_db()


def stop(imported: Import, now: datetime) -> bool:
    """Stop undoing where it is: the others stay, and it can be asked for again."""
    if imported.job_id is None:
        return False
    with transaction.atomic():
        # The job's row first, as the worker does.
        job = Job.objects.filter(pk=imported.job_id, kind=KIND).first()
        if job is None or not jobs.cancel(job.pk, now):
            return False
        return bool(_going(imported).update(state=job.args["was"]))


def foreseen(imported: Import) -> tuple[int, Counter[str]] | None:
    """Return how many people undoing would forget, and how many it would keep, by the reason.

    None where counting takes long.
    """
    if imported.created > COUNTED:
        return None
    judged = _judged(imported, _created(imported))
    kept = Counter(reason for reason in judged.values() if reason)
    return len(judged) - kept.total(), kept


def run(job: Claimed) -> None:
    """Go on with undoing, a slice a transaction, with the rights of whoever asked."""
    imported = Import.objects.filter(pk=job.args["import"]).first()
    if imported is None or imported.state != Import.State.UNDOING:
        return
    user = get_user_model().objects.filter(pk=job.user_id or 0).first()
    actor: Actor | None = user
    if actor is None or actor.reach(of(imported).rights, "delete") is Reach.NONE:
        raise Refusal(NOBODY)
    ends = time.monotonic() + TURN_SECONDS
    while some := _slice(imported, job):
        # One lane after the other: meanwhile those of the others are reacted to.
        for lane, part in _by_lane(imported, some):
            if lane > job.progress.get("lane", -1):
                _forget(imported, part, actor, job, {"up_to": some[-1], "lane": lane})
            if time.monotonic() > ends:
                raise Unfinished
        job.keep(after=some[-1], lane=-1)
    with transaction.atomic():
        job.keep()
        _going(imported).update(state=Import.State.UNDONE)
        announce_everyone([f"import:{imported.pk}"])


def give_up(job: Claimed, error: str) -> None:
    """Let it be asked for again where the job ended without hope."""
    Import.objects.filter(pk=job.args["import"], state=Import.State.UNDOING).update(
        state=job.args["was"], error=error[:2000]
    )


def _slice(imported: Import, job: Claimed) -> list[int]:
    """Return the next ones it created, or those that are left of whom it began with."""
    after = int(job.progress.get("after", 0))
    if job.progress.get("lane", -1) >= 0:
        begun = job.progress["up_to"]
        if left := [one for one in _created(imported, after, SLICE) if one <= begun]:
            return left
        after = begun
        job.keep(after=after, lane=-1)
    return _created(imported, after, SLICE)


def _by_lane(imported: Import, some: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Split people by their lanes; companies have none."""
    if of(imported).key == COMPANY:
        return [(0, list(some))]
    return [(part[0] % LANES, list(part)) for part in by_lane(some)]


def _forget(
    imported: Import, some: Sequence[int], actor: Actor, job: Claimed, progress: Mapping[str, int]
) -> None:
    now, kind = clock.now(), of(imported)
    companies = kind.key == COMPANY
    with transaction.atomic():
        # Judged once locked: who is being changed or written to at this moment stays.
        known = undo_companies.lock(some) if companies else hold(some)
        rows = kind.model._default_manager.filter(pk__in=known)
        may = set(narrow(rows, actor, kind.rights, "delete").values_list("pk", flat=True))
        judged = _judged(imported, known)
        why = {pk: reason or NOT_YOURS for pk, reason in judged.items() if reason or pk not in may}
        going = [pk for pk in judged if pk not in why]
        gone = undo_companies.drop(going) if companies else drop(going, now, may_return=True)
        passed = int(job.progress.get("rows", 0)) + len(some)
        job.keep(rows=passed, **progress)
        # Once the job is ours nobody else counts here.
        before = _going(imported).values_list("kept_for", flat=True).first() or {}
        counted = _going(imported).update(
            undone=F("undone") + len(gone),
            kept=F("kept") + len(known) - len(gone),
            kept_for=Counter(before) + Counter(why.values()),
        )
        if not counted:
            raise LeaseLost


def _judged(imported: Import, contacts: Sequence[int]) -> dict[int, str | None]:
    """Return for which reason each of these is kept; None where it may go."""
    if of(imported).key == COMPANY:
        return undo_companies.judged(imported, contacts)
    # Events that clients name themselves tell of activity, too.
    kinds = list(EventKind.objects.values_list("pk", "key"))
    values: dict[str, Any] = {
        "import": imported.pk,
        "contacts": list(contacts),
        "types": [number for number, key in kinds if kind_of(key).active],
        "sent": [number for number, key in kinds if key == SENT],
        "since": imported.started_at or imported.created_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(JUDGED, values)
        return dict(cursor.fetchall())


def _created(imported: Import, after: int = 0, most: int | None = None) -> list[int]:
    kind = of(imported)
    rows = kind.met._default_manager.filter(import_id=imported.pk, what=What.CREATED)
    rows = rows.filter(**{f"{kind.column}__gt": after}).order_by(kind.column)
    return list(rows.values_list(kind.column, flat=True)[:most])


def _going(imported: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=imported.pk, state=Import.State.UNDOING)
