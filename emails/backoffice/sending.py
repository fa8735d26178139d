"""A broadcast on its way on screen: progress, pause, cancel; and what is done to one email."""

from collections.abc import Callable
from typing import ClassVar, cast

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice import toasts
from backoffice.access import Permitted
from backoffice.screens import leave_trail
from emails.backoffice import publishing, runs_shown
from emails.backoffice.preview import email_of
from emails.models import Email, Send
from emails.services import refusals, runs
from kernel import clock
from kernel.permissions import Actor
from kernel.queues import hint_on_commit
from kernel.trail import Deed


class Progress(Permitted, View):
    """How a run gets on, asked again and again by the page."""

    kind = "emails"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; where the run has moved on meanwhile the whole page is asked for again."""
        row = get_object_or_404(Send, pk=pk)
        email = email_of(request, row.email_id)
        if request.GET.get("was", row.state) != row.state:
            return HttpResponse(headers={"HX-Refresh": "true"})
        shown = runs_shown.context(email, row, clock.now(), cast("Actor", request.user))
        return render(request, "emails/progress.html", shown)


class Turn(Permitted, View):
    """Pausing, resuming or cancelling a run."""

    kind, verb = "emails", "publish"
    doings: ClassVar[dict[str, Callable[[Send], None]]] = {
        "pause": runs.pause,
        "resume": runs.resume,
        "cancel": runs.cancel,
    }

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, doing: str) -> HttpResponse:
        """Do it, or say that it came too late."""
        row = get_object_or_404(Send.objects.select_for_update(no_key=True), pk=pk)
        email = email_of(request, row.email_id, "publish")
        if doing not in self.doings:
            raise Http404
        try:
            self.doings[doing](row)
        except runs.RunRefused as refused:
            toasts.tell(request, refusals.RUNNING[refused.code])
        else:
            deed = Deed("emails", doing, object=email.pk, name=email.name, after={"run": row.pk})
            leave_trail(request, deed)
            for queue in runs.QUEUES:
                hint_on_commit(queue)
        return HttpResponseRedirect(reverse("emails-item", args=[email.pk]))


class Switch(Permitted, View):
    """Publishing or unpublishing one email."""

    kind, verb = "emails", "publish"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, state: str) -> HttpResponse:
        """Switch it; that can be taken back."""
        email = email_of(request, pk, "publish", lock=True)
        if state not in Email.State.values:
            raise Http404
        switched, refusals = publishing.switch(request, [email], state)
        publishing.tell(request, switched, refusals, state)
        return HttpResponseRedirect(reverse("emails-item", args=[pk]))


class Duplicate(Permitted, View):
    """A copy of an email, opened in the editor."""

    kind, verb = "emails", "create"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Copy it with what one may see of it."""
        copied = publishing.copy(request, email_of(request, pk))
        toasts.tell(request, _("“%(name)s” saved") % {"name": copied.name})
        return HttpResponseRedirect(reverse("emails-edit", args=[copied.pk]))


urlpatterns = [
    path("emails/<int:pk>/state/<slug:state>", Switch.as_view(), name="emails-switch"),
    path("emails/<int:pk>/duplicate", Duplicate.as_view(), name="emails-duplicate"),
    path("emails/runs/<int:pk>", Progress.as_view(), name="emails-run"),
    path("emails/runs/<int:pk>/<slug:doing>", Turn.as_view(), name="emails-turn"),
]
