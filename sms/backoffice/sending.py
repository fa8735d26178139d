"""A broadcast on its way on screen: progress, pause, cancel; and what is done to one text."""

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
from kernel import clock
from kernel.permissions import Actor
from kernel.queues import hint_on_commit
from kernel.trail import Deed
from sms.backoffice import publishing, runs_shown
from sms.backoffice.writing import text_of
from sms.models import Text, TextRun
from sms.services import refusals, runs


class Progress(Permitted, View):
    """How a run gets on, asked again and again by the page."""

    kind = "sms"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; where the run has moved on meanwhile the whole page is asked for again."""
        row = get_object_or_404(TextRun, pk=pk)
        text = text_of(request, row.sms_id)
        if request.GET.get("was", row.state) != row.state:
            return HttpResponse(headers={"HX-Refresh": "true"})
        shown = runs_shown.context(text, row, clock.now(), cast("Actor", request.user))
        return render(request, "sms/progress.html", shown)


class Turn(Permitted, View):
    """Pausing, resuming or cancelling a run."""

    kind, verb = "sms", "publish"
    doings: ClassVar[dict[str, Callable[[TextRun], None]]] = {
        "pause": runs.pause,
        "resume": runs.resume,
        "cancel": runs.cancel,
    }

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, doing: str) -> HttpResponse:
        """Do it, or say that it came too late."""
        row = get_object_or_404(TextRun.objects.select_for_update(no_key=True), pk=pk)
        text = text_of(request, row.sms_id, "publish")
        if doing not in self.doings:
            raise Http404
        try:
            self.doings[doing](row)
        except runs.RunRefused as refused:
            toasts.tell(request, refusals.RUNNING[refused.code])
        else:
            deed = Deed("sms", doing, object=text.pk, name=text.name, after={"run": row.pk})
            leave_trail(request, deed)
            for queue in runs.QUEUES:
                hint_on_commit(queue)
        return HttpResponseRedirect(reverse("sms-item", args=[text.pk]))


class Switch(Permitted, View):
    """Publishing or unpublishing one text."""

    kind, verb = "sms", "publish"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, state: str) -> HttpResponse:
        """Switch it; that can be taken back."""
        text = text_of(request, pk, "publish", lock=True)
        if state not in Text.State.values:
            raise Http404
        switched, refusals = publishing.switch(request, [text], state)
        publishing.tell(request, switched, refusals, state)
        return HttpResponseRedirect(reverse("sms-item", args=[pk]))


class Duplicate(Permitted, View):
    """A copy of a text, opened in the editor."""

    kind, verb = "sms", "create"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Copy it with what one may see of it."""
        copied = publishing.copy(request, text_of(request, pk))
        toasts.tell(request, _("“%(name)s” saved") % {"name": copied.name})
        return HttpResponseRedirect(reverse("sms-edit", args=[copied.pk]))


urlpatterns = [
    path("sms/<int:pk>/state/<slug:state>", Switch.as_view(), name="sms-switch"),
    path("sms/<int:pk>/duplicate", Duplicate.as_view(), name="sms-duplicate"),
    path("sms/runs/<int:pk>", Progress.as_view(), name="sms-run"),
    path("sms/runs/<int:pk>/<slug:doing>", Turn.as_view(), name="sms-turn"),
]
