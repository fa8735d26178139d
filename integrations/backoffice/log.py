"""The log of a connection: what became of each push, narrowed, and tried again."""

from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.attachments import tab
from backoffice.columns import number
from backoffice.resource import resource_of
from backoffice.screens import leave_trail
from backoffice.templatetags.relais import pill
from contacts.models import Contact
from integrations.backoffice.connections import Pushing
from integrations.models import Connection, Push, PushState
from integrations.services import asking, connecting, log
from integrations.services.saying import said
from kernel import clock
from kernel.ids import read_id
from kernel.queues import hint_on_commit
from kernel.trail import Deed

PAGE = 50
COLOURS = {
    PushState.QUEUED: ("", "clock"),
    PushState.SENT: ("green", "circle-check"),
    PushState.FAILED: ("red", "alert-circle"),
    PushState.UNCERTAIN: ("amber", "help-circle"),
    PushState.MERGED: ("", "arrow-merge"),
}


def push_pill(push: Push) -> Any:
    """Say how far a push has come."""
    state = PushState(push.state)
    return pill("", capfirst(str(state.label)), *COLOURS[state])


def shown(push: Push) -> dict[str, Any]:
    """Return a push as pages show it."""
    retried = push.state == PushState.FAILED or (
        push.state == PushState.UNCERTAIN and push.due_at is None
    )
    return {"push": push, "pill": push_pill(push), "why": said(push.problem), "retried": retried}


@tab("connections", "log", _lazy("Log"), "integrations/log.html", order=10, kind="contacts")
def log_of(request: HttpRequest, row: Connection) -> dict[str, Any]:
    """Return a page of pushes, the latest first, of the contacts one may see."""
    user: Any = request.user
    state = request.GET.get("state", "")
    rows = log.pushes(row, user, state).order_by("-pk")
    if before := read_id(request.GET.get("before")):
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    people = Contact.objects.in_bulk([push.contact_id for push in page])
    answers = log.may_read_answers(row, user)
    older = {"tab": "log", "state": state, "before": page[PAGE - 1].pk} if len(page) > PAGE else {}
    states = [("", _("All")), *((key, capfirst(str(one.label))) for key, one in log.STATES.items())]
    editable = user.can("connections", "edit", row.owner_id) and connecting.may_push(user)
    return {
        "lines": [
            {
                **shown(push),
                "contact": people.get(push.contact_id),
                "answer": push.answer if answers else "",
            }
            for push in page[:PAGE]
        ],
        "older": urlencode(older),
        "state": state,
        "states": [(key, label, urlencode({"tab": "log", "state": key})) for key, label in states],
        "editable": editable,
    }


class Retry(Pushing):
    """Pushing once more."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Push one of the log, or all that failed or wait for a person."""
        row = self.reached(pk)
        found = log.pushes(row, self.user)
        one = read_id(request.POST.get("push"))
        if one is not None:
            found = found.filter(pk=one)
        elif request.POST.get("all") != "yes":
            found = found.none()
        came = log.retry(found, row, clock.now())
        after = {"contacts": came.asked}
        leave_trail(
            request, Deed("connections", "push-again", object=pk, name=row.name, after=after)
        )
        hint_on_commit(asking.QUEUE)
        words = ngettext(
            "%(count)s contact is pushed again", "%(count)s contacts are pushed again", came.asked
        )
        told = words % {"count": number(came.asked)}
        if came.left:
            words = ngettext(
                "%(count)s is left: press again", "%(count)s are left: press again", came.left
            )
            told += " · " + words % {"count": number(came.left)}
        toasts.tell(request, told)
        back = urlencode({"tab": "log", "state": request.POST.get("state", "")[:20]})
        return HttpResponseRedirect(f"{self.resource.url('item', pk)}?{back}")


urlpatterns = [
    path(
        "settings/connections/<int:pk>/retry",
        Retry.as_view(resource=resource_of("connections"), kind="connections"),
        name="connections-retry",
    )
]
