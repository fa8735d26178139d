"""Bulk actions on their way: how far each is, how much longer, and stopping one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import deeds, toasts
from backoffice.bulk import in_words
from backoffice.columns import number
from backoffice.moments import left
from backoffice.screens import Screen, leave_trail
from contacts.backoffice.doing import undo_of
from contacts.services import bulk_actions, bulk_erasing, merging_duplicates
from kernel import clock, jobs, paces, subjects
from kernel.actions import ContactAction, contact_actions
from kernel.models import Job
from kernel.settings_forms import picked
from kernel.trail import Deed

MOST = 30
KINDS = (bulk_actions.KIND, bulk_erasing.KIND, merging_duplicates.KIND)
OPEN = frozenset({Job.State.QUEUED, Job.State.RUNNING})


class Work(Screen):
    """The user's own bulk actions, the latest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or its lines alone while some are at work."""
        now = clock.now()
        rows = list(_own(self.user).order_by("-pk")[:MOST])
        actions = [action_of(row) for row in rows]
        named = [one for action in actions if action for one in picked(action.form, action.config)]
        with subjects.remembered(named, None):
            lines = [{**_told(row, now), "undo": self._undo(row, now)} for row in rows]
        running = any(line["open"] for line in lines)
        part = request.headers.get("HX-Target") == "work"
        template = "contacts/worklines.html" if part else "contacts/work.html"
        return render(request, template, self.context(jobs=lines, running=running))

    def _undo(self, row: Job, now: datetime) -> str:
        """Return what takes back what was done at once, as long as its news would; else nothing."""
        fresh = now - row.created_at < timedelta(seconds=toasts.MAX_AGE)
        if not fresh or "undone" in row.progress or row.args.get("kept") is None:
            return ""
        return toasts.sealed(self.request, undo_of(row))


class StopWork(Screen):
    """Stops a bulk action of one's own."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Leave the rest alone; what is done stays."""
        row = _own(self.user).filter(pk=pk).first()
        if row is None:
            raise Http404
        if jobs.cancel(pk, clock.now()):
            told = {key: row.args[key] for key in ("key", "config", "dry") if key in row.args}
            after = {deeds.RETOLD: {"kind": row.kind, "args": told}}
            leave_trail(request, Deed("jobs", "cancel", object=pk, after=after))
            toasts.tell(request, _("Stopped. What is done stays."))
        else:
            toasts.tell(request, _("It was over already."))
        return HttpResponseRedirect(self.resource.url("work"))


def _own(user: Any) -> Any:
    return Job.objects.filter(kind__in=KINDS, user_id=user.pk)


def action_of(row: Job) -> ContactAction | None:
    """Return the action with its settings; None where no app knows it any more."""
    kind = contact_actions.get(row.args.get("key", ""))
    return kind(row.args["config"]) if kind else None


def _label(row: Job) -> str:
    if row.kind == bulk_erasing.KIND:
        return _("Delete contacts")
    if row.kind == merging_duplicates.KIND:
        return _("Counting duplicates") if row.args["dry"] else _("Merging duplicates")
    action = action_of(row)
    return action.describe() if action else str(row.args.get("key", ""))


@deeds.retells("jobs", "cancel")
def _stopped(_after: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Say in the reader's language what was stopped."""
    return _label(Job(kind=told["kind"], args=told["args"]))


def _told(row: Job, now: datetime) -> dict[str, Any]:
    reached, total = bulk_actions.reached(row.progress), bulk_actions.total(row.args)
    at, end = _place(row, row.progress), row.args.get("last", 0)
    if "contacts" in row.args:
        end = total
    elif row.kind == merging_duplicates.KIND:
        reached = row.progress.get("contacts", 0)
    return {
        "row": row,
        "label": _label(row),
        "open": row.state in OPEN,
        "reached": number(reached),
        "total": in_words(total) if total and row.state in OPEN else "",
        "at": int(min(at, end)),
        "end": end,
        "left": _left(row, end - at, now) if row.state in OPEN else "",
        "skipped": row.progress.get("skipped", 0),
        "failed": row.progress.get("failed", 0),
        "error": jobs.said(row.error),
        "undone": _undone(row.progress),
    }


def _undone(progress: Mapping[str, Any]) -> str:
    """Say that it was taken back, for how many where some stay as they are; else nothing."""
    back = progress.get("undone", 0)
    if not (back and progress.get("left")):
        return _("Undone") if back else ""
    return ngettext("Undone for %(count)s contact", "Undone for %(count)s contacts", back) % {
        "count": number(back)
    }


def _place(row: Job, progress: Mapping[str, Any]) -> float:
    """Say how far it is: a search is walked by ids; how many it finds is a guess."""
    if "contacts" in row.args:
        return bulk_actions.reached(progress)
    if row.kind == merging_duplicates.KIND:
        # How many groups there are is not known before the last one.
        return 0.0
    return float(progress.get("after", 0))


def _left(row: Job, rest: float, now: datetime) -> str:
    """Say how much longer it takes at the pace of the last seconds, once that is known."""
    pace = paces.lately(row, lambda progress: _place(row, progress), now)
    return left(timedelta(seconds=rest / pace)) if pace and rest > 0 else ""
