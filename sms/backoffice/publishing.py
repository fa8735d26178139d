"""Publishing, unpublishing and copying texts; what was switched can be switched back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice import toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.screens import leave_trail
from backoffice.undo import undoes
from kernel import clock
from kernel.permissions import narrow
from kernel.registry import ConfigProblem
from kernel.trail import Deed
from sms.models import Text
from sms.services import editing
from sms.services import refusals as told_of

UNDO = "sms.state"
MOST_TOLD = 3


def switch(request: HttpRequest, texts: Sequence[Text], state: str) -> tuple[list[Text], list[str]]:
    """Give texts a state; return those that had another, and why others keep theirs."""
    switched, refusals = [], []
    verb = "publish" if state == Text.State.PUBLISHED else "unpublish"
    for text in texts:
        if text.state == state:
            continue
        before = text.state
        try:
            editing.change(text, {"state": state}, clock.now())
        except ConfigProblem as refused:
            refusals.append(_of(text, str(refused.problems[0]["message"])))
            continue
        deed = Deed(
            "sms",
            verb,
            object=text.pk,
            name=text.name,
            before={"state": before},
            after={"state": state},
        )
        leave_trail(request, deed)
        switched.append(text)
    return switched, refusals


def _of(text: Text, words: str) -> str:
    return f"“{text.name}”: {words}"


def tell(request: HttpRequest, switched: list[Text], refusals: list[str], state: str) -> None:
    """Say what was switched and what was not and why, and offer to take it back."""
    count = len(switched)
    if state == Text.State.PUBLISHED:
        words = ngettext("%(count)d text published", "%(count)d texts published", count)
        begun = [_of(text, hint) for text in switched for _code, hint in told_of.warnings(text)]
    else:
        words = ngettext("%(count)d text unpublished", "%(count)d texts unpublished", count)
        begun = []
    # As much as can be read before it goes away.
    remarks = (refusals + begun)[:MOST_TOLD]
    if more := len(refusals + begun) - len(remarks):
        remarks.append(ngettext("%(count)d more", "%(count)d more", more) % {"count": more})
    back = {"key": UNDO, "ids": [text.pk for text in switched], "to": state}
    toasts.tell(
        request, " · ".join([words % {"count": count}, *remarks]), back if switched else None
    )


@undoes(UNDO)
def _back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    published = Text.State.PUBLISHED
    state = Text.State.UNPUBLISHED if document["to"] == published else published
    texts = narrow(
        Text.objects.filter(pk__in=document["ids"]),
        request.user,  # type: ignore[arg-type]
        "sms",
        "publish",
    )
    switch(request, list(texts.select_for_update(no_key=True)), state)


def _action(key: str, label: Any, icon: str, state: str) -> BulkAction:
    def run(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> None:
        rows = selection.rows.order_by("pk").select_for_update(of=("self",), no_key=True)
        switched, refusals = switch(request, list(rows[:MOST_AT_ONCE]), state)
        tell(request, switched, refusals, state)

    return BulkAction(key, label, icon, "publish", run)


def publish() -> BulkAction:
    """Return the action that lets texts be sent."""
    return _action("publish", gettext_lazy("Publish"), "circle-check", Text.State.PUBLISHED)


def unpublish() -> BulkAction:
    """Return the action that keeps texts from being sent."""
    label = gettext_lazy("Unpublish")
    return _action("unpublish", label, "circle-dashed", Text.State.UNPUBLISHED)


def copy(request: HttpRequest, text: Text) -> Text:
    """Store a copy that belongs to who asked for it."""
    name = _("Copy of %(name)s") % {"name": text.name}
    copied = editing.duplicate(text, name[:200], request.user, clock.now())
    leave_trail(request, Deed("sms", "create", object=copied.pk, name=copied.name))
    return copied
