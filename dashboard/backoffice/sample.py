"""Bringing and removing the sample data, as a job."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice import toasts
from backoffice.access import Permitted
from backoffice.screens import leave_trail
from dashboard.demo.marking import is_there
from kernel import clock, jobs
from kernel.queues import hint_on_commit
from kernel.trail import Deed


class Change(Permitted, View):
    """Bring the sample into a workspace, or take all of it away."""

    kind, verb = "preferences", "edit"

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Queue what is asked for; twice pressed is once done."""
        wish = request.POST.get("do", "")
        there = is_there()
        if (wish, there) not in {("load", False), ("remove", True)}:
            return HttpResponseRedirect("/")
        user: Any = request.user
        args = {"do": wish}
        if jobs.enqueue("dashboard.sample", args, now=clock.now(), user_id=user.pk, alone=True):
            leave_trail(request, Deed("preferences", f"sample-{wish}"))
            hint_on_commit("kernel.jobs")
        said = _("The sample comes in.") if wish == "load" else _("The sample is being removed.")
        toasts.tell(request, said)
        return HttpResponseRedirect("/")
