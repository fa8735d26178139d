"""Publishing, unpublishing and copying emails; what was switched can be switched back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice import toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.screens import leave_trail
from backoffice.undo import undoes
from emails.models import Email
from emails.services import editing
from kernel import clock
from kernel.permissions import narrow
from kernel.registry import ConfigProblem
from kernel.trail import Deed

UNDO = "emails.state"


def switch(request: HttpRequest, emails: Sequence[Email], state: str) -> tuple[list[int], str]:
    """Give emails a state; return whose it was not before, and why one could not have it."""
    switched, problem = [], ""
    verb = "publish" if state == Email.State.PUBLISHED else "unpublish"
    for email in emails:
        if email.state == state:
            continue
        before = email.state
        try:
            editing.change(email, {"state": state}, clock.now())
        except ConfigProblem as refused:
            problem = str(refused.problems[0]["message"])
            continue
        deed = Deed(
            "emails",
            verb,
            object=email.pk,
            name=email.name,
            before={"state": before},
            after={"state": state},
        )
        leave_trail(request, deed)
        switched.append(email.pk)
    return switched, problem


def tell(request: HttpRequest, switched: list[int], problem: str, state: str) -> None:
    """Say what was switched, and offer to take it back."""
    count = len(switched)
    if state == Email.State.PUBLISHED:
        words = ngettext("%(count)d email published", "%(count)d emails published", count)
    else:
        words = ngettext("%(count)d email unpublished", "%(count)d emails unpublished", count)
    text = " · ".join(part for part in (words % {"count": count}, problem) if part)
    back = {"key": UNDO, "ids": switched, "to": state}
    toasts.tell(request, text, back if switched else None)


@undoes(UNDO)
def _back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    published = Email.State.PUBLISHED
    state = Email.State.UNPUBLISHED if document["to"] == published else published
    emails = narrow(
        Email.objects.filter(pk__in=document["ids"]),
        request.user,  # type: ignore[arg-type]
        "emails",
        "publish",
    )
    switch(request, list(emails.select_for_update(no_key=True)), state)


def _action(key: str, label: Any, icon: str, state: str) -> BulkAction:
    def run(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> None:
        rows = selection.rows.order_by("pk").select_for_update(of=("self",), no_key=True)
        switched, problem = switch(request, list(rows[:MOST_AT_ONCE]), state)
        tell(request, switched, problem, state)

    return BulkAction(key, label, icon, "publish", run)


def publish() -> BulkAction:
    """Return the action that lets emails be sent."""
    return _action("publish", gettext_lazy("Publish"), "circle-check", Email.State.PUBLISHED)


def unpublish() -> BulkAction:
    """Return the action that keeps emails from being sent."""
    label = gettext_lazy("Unpublish")
    return _action("unpublish", label, "circle-dashed", Email.State.UNPUBLISHED)


def copy(request: HttpRequest, email: Email) -> Email:
    """Store a copy that belongs to who asked for it."""
    name = _("Copy of %(name)s") % {"name": email.name}
    copied = editing.duplicate(email, name[:200], request.user, clock.now())
    leave_trail(request, Deed("emails", "create", object=copied.pk, name=copied.name))
    return copied
