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
from emails.services import editing, hints
from kernel import clock
from kernel.permissions import narrow
from kernel.registry import ConfigProblem
from kernel.trail import Deed

UNDO = "emails.state"
MOST_TOLD = 3


def switch(
    request: HttpRequest, emails: Sequence[Email], state: str
) -> tuple[list[Email], list[str]]:
    """Give emails a state; return those that had another, and why others keep theirs."""
    switched, refusals = [], []
    verb = "publish" if state == Email.State.PUBLISHED else "unpublish"
    for email in emails:
        if email.state == state:
            continue
        before = email.state
        try:
            editing.change(email, {"state": state}, clock.now())
        except ConfigProblem as refused:
            refusals.append(_of(email, str(refused.problems[0]["message"])))
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
        switched.append(email)
    return switched, refusals


def _of(email: Email, words: str) -> str:
    return f"“{email.name}”: {words}"


def tell(request: HttpRequest, switched: list[Email], refusals: list[str], state: str) -> None:
    """Say what was switched and what was not and why, and offer to take it back."""
    count = len(switched)
    if state == Email.State.PUBLISHED:
        words = ngettext("%(count)d email published", "%(count)d emails published", count)
        begun = [_of(email, hint) for email in switched if (hint := hints.of_start(email))]
    else:
        words = ngettext("%(count)d email unpublished", "%(count)d emails unpublished", count)
        begun = []
    # As much as can be read before it goes away.
    remarks = (refusals + begun)[:MOST_TOLD]
    if more := len(refusals + begun) - len(remarks):
        remarks.append(ngettext("%(count)d more", "%(count)d more", more) % {"count": more})
    back = {"key": UNDO, "ids": [email.pk for email in switched], "to": state}
    toasts.tell(
        request, " · ".join([words % {"count": count}, *remarks]), back if switched else None
    )


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
        switched, refusals = switch(request, list(rows[:MOST_AT_ONCE]), state)
        tell(request, switched, refusals, state)

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
