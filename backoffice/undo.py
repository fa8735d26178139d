"""Taking changes back: apps say how, by the key that the news of the change carries."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.columns import number
from kernel import clock
from kernel.models import ActionDone

Undoer = Callable[[HttpRequest, Mapping[str, Any]], None]
# An undo is of no single contact; its proof is kept under this number, which none has.
OF_NOBODY = 0
_undoers: dict[str, Undoer] = {}


def undoes(key: str) -> Callable[[Undoer], Undoer]:
    """Register who takes back what `tell(…, undo={"key": key, …})` announced, as a decorator."""

    def registered(undoer: Undoer) -> Undoer:
        _undoers[key] = undoer
        return undoer

    return registered


def take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Undo what the document tells, once; it checks rights like any change.

    In the caller's transaction: whatever is refused may be tried again.
    """
    undoer = _undoers.get(document["key"])
    if undoer is None or "once" not in document:
        # The news is from before an upgrade.
        toasts.tell(request, _("This can no longer be undone."))
    elif _is_fresh(document["once"]):
        undoer(request, document)
    else:
        toasts.tell(request, _("Undo was pressed before; nothing more was changed."))


def said(back: int, left: int) -> str:
    """Say that so many are what they were, and so many not: somebody changed those since."""
    if not left:
        return _("Undone")
    words = (
        ngettext(
            "Undone; %(count)s stays as it is now: it was changed meanwhile.",
            "Undone; %(count)s stay as they are now: they were changed meanwhile.",
            left,
        )
        if back
        else ngettext(
            "Nothing is undone: %(count)s was changed meanwhile and stays as it is now.",
            "Nothing is undone: %(count)s were changed meanwhile and stay as they are now.",
            left,
        )
    )
    return words % {"count": number(left)}


def _is_fresh(once: str) -> bool:
    # Whoever presses twice at once waits here for the first press to end.
    _proof, fresh = ActionDone.objects.get_or_create(
        cause=f"undo:{once}", contact_id=OF_NOBODY, defaults={"done_at": clock.now()}
    )
    return fresh
