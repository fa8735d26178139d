"""Bulk actions on their way: how far each is, how much longer, and stopping one."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.bulk import in_words
from backoffice.columns import number
from backoffice.moments import left
from backoffice.screens import Screen, leave_trail
from contacts.services import bulk_actions, bulk_erasing
from kernel import clock, jobs
from kernel.actions import contact_actions
from kernel.models import Job
from kernel.trail import Deed

MOST = 30
OPEN = frozenset({Job.State.QUEUED, Job.State.RUNNING})


class Work(Screen):
    """The user's own bulk actions, the latest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or its lines alone while some are at work."""
        now = clock.now()
        lines = [_told(row, now) for row in _own(self.user).order_by("-pk")[:MOST]]
        running = any(line["open"] for line in lines)
        part = request.headers.get("HX-Target") == "work"
        template = "contacts/worklines.html" if part else "contacts/work.html"
        return render(request, template, self.context(jobs=lines, running=running))


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
            leave_trail(request, Deed("jobs", "cancel", object=pk, name=_label(row)[:200]))
            toasts.tell(request, _("Stopped. What is done stays."))
        else:
            toasts.tell(request, _("It was over already."))
        return HttpResponseRedirect(self.resource.url("work"))


def _own(user: Any) -> Any:
    return Job.objects.filter(kind__in=(bulk_actions.KIND, bulk_erasing.KIND), user_id=user.pk)


def _label(row: Job) -> str:
    if row.kind == bulk_erasing.KIND:
        return _("Delete contacts")
    kind = contact_actions.get(row.args.get("key", ""))
    return kind(row.args["config"]).describe() if kind else str(row.args.get("key", ""))


def _told(row: Job, now: datetime) -> dict[str, Any]:
    reached, total = bulk_actions.reached(row.progress), bulk_actions.total(row.args)
    # A search is walked by ids, so that these tell how far it is; how many it finds is a guess.
    at, end = row.progress.get("after", 0), row.args.get("last", 0)
    if "contacts" in row.args:
        at, end = reached, total
    return {
        "row": row,
        "label": _label(row),
        "open": row.state in OPEN,
        "reached": number(reached),
        "total": in_words(total) if total and row.state in OPEN else "",
        "at": min(at, end),
        "end": end,
        "left": _left(row, at / end if end else 0.0, now) if row.state in OPEN else "",
        "skipped": row.progress.get("skipped", 0),
        "failed": row.progress.get("failed", 0),
        "error": _(row.error) if row.error else "",
    }


def _left(row: Job, share: float, now: datetime) -> str:
    """Say how much longer it takes, once enough is done to tell."""
    if not 0.01 < share < 1:
        return ""
    passed: timedelta = now - row.created_at
    return left(passed * ((1 - share) / share))
