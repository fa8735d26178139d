"""A broadcast on its way on screen: progress, pause, cancel; and what is done to one message."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice import toasts
from backoffice.screens import leave_trail
from channels.models import Message, Run
from channels.screens.opening import OfChannel, given, message_of
from channels.screens.publishing import Publishing
from channels.services import refusals, running
from channels.services.channel import Channel
from channels.services.refused import RunRefused
from kernel import clock
from kernel.queues import hint_on_commit
from kernel.trail import Deed

# (message, run, now, user) → what `KIND/progress.html` reads.
Shown = Callable[..., dict[str, Any]]


class Progress(OfChannel, View):
    """How a run gets on, asked again and again by the page."""

    shown: Shown = None  # type: ignore[assignment]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; where the run has moved on meanwhile the whole page is asked for again."""
        row = get_object_or_404(self.channel.run, pk=pk)
        message = message_of(self.channel, request, self.channel.about(row))
        if request.GET.get("was", row.state) != row.state:
            return HttpResponse(headers={"HX-Refresh": "true"})
        shown = self.shown(message, row, clock.now(), request.user)
        return render(request, f"{self.kind}/progress.html", shown)


class Turn(OfChannel, View):
    """Pausing, resuming or cancelling a run."""

    verb = "publish"
    doings: ClassVar[dict[str, Callable[[Run], None]]] = {
        "pause": running.pause,
        "resume": running.resume,
        "cancel": running.cancel,
    }

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, doing: str) -> HttpResponse:
        """Do it, or say that it came too late."""
        runs = self.channel.run._default_manager.select_for_update(no_key=True)
        row = get_object_or_404(runs, pk=pk)
        message = message_of(self.channel, request, self.channel.about(row), "publish")
        if doing not in self.doings:
            raise Http404
        try:
            self.doings[doing](row)
        except RunRefused as refused:
            toasts.tell(request, refusals.RUNNING[refused.code])
        else:
            told = {"run": row.pk}
            deed = Deed(self.kind, doing, object=message.pk, name=message.name, after=told)
            leave_trail(request, deed)
            for queue in self.channel.queues:
                hint_on_commit(queue)
        return HttpResponseRedirect(reverse(f"{self.kind}-item", args=[message.pk]))


class Switch(OfChannel, View):
    """Publishing or unpublishing one message."""

    verb = "publish"
    publishing: Publishing = None  # type: ignore[assignment]

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, state: str) -> HttpResponse:
        """Switch it; that can be taken back."""
        message = message_of(self.channel, request, pk, "publish", lock=True)
        if state not in Message.State.values:
            raise Http404
        switched, refused = self.publishing.switch(request, [message], state)
        self.publishing.tell(request, switched, refused, state)
        return HttpResponseRedirect(reverse(f"{self.kind}-item", args=[pk]))


class Duplicate(OfChannel, View):
    """A copy of a message, opened in the editor."""

    verb = "create"
    publishing: Publishing = None  # type: ignore[assignment]

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Copy it with what one may see of it."""
        copied = self.publishing.copy(request, message_of(self.channel, request, pk))
        toasts.tell(request, _("“%(name)s” saved") % {"name": copied.name})
        return HttpResponseRedirect(reverse(f"{self.kind}-edit", args=[copied.pk]))


def urls(channel: Channel, publishing: Publishing, shown: Shown) -> list[URLPattern]:
    """Return the addresses of all of them for a channel."""
    kind, asked = channel.kind, given(channel)
    switch = Switch.as_view(publishing=publishing, **asked)
    duplicate = Duplicate.as_view(publishing=publishing, **asked)
    progress = Progress.as_view(shown=shown, **asked)
    return [
        path(f"{kind}/<int:pk>/state/<slug:state>", switch, name=f"{kind}-switch"),
        path(f"{kind}/<int:pk>/duplicate", duplicate, name=f"{kind}-duplicate"),
        path(f"{kind}/runs/<int:pk>", progress, name=f"{kind}-run"),
        path(f"{kind}/runs/<int:pk>/<slug:doing>", Turn.as_view(**asked), name=f"{kind}-turn"),
    ]
