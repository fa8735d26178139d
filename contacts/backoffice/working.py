"""Bulk actions on their way: how far each is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.screens import Screen
from contacts.services import bulk_actions
from kernel.actions import contact_actions
from kernel.models import Job

MOST = 30


class Work(Screen):
    """The user's own bulk actions, the latest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or its lines alone while some are at work."""
        rows = Job.objects.filter(kind=bulk_actions.KIND, user_id=self.user.pk)
        jobs = [_told(row) for row in rows.order_by("-pk")[:MOST]]
        running = any(job["open"] for job in jobs)
        part = request.headers.get("HX-Target") == "work"
        template = "contacts/worklines.html" if part else "contacts/work.html"
        return render(request, template, self.context(jobs=jobs, running=running))


def _told(row: Job) -> dict[str, Any]:
    kind = contact_actions.get(row.args.get("key", ""))
    done = sum(row.progress.get(name, 0) for name in ("done", "skipped", "failed"))
    return {
        "row": row,
        "label": kind(row.args["config"]).describe() if kind else row.args.get("key", ""),
        "open": row.state in {Job.State.QUEUED, Job.State.RUNNING},
        "reached": done,
        "total": len(row.args.get("contacts", [])) or None,
        "skipped": row.progress.get("skipped", 0),
        "failed": row.progress.get("failed", 0),
    }
