"""Taking changes back: apps say how, by the key that the news of the change carries."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice import toasts

Undoer = Callable[[HttpRequest, Mapping[str, Any]], None]
_undoers: dict[str, Undoer] = {}


def undoes(key: str) -> Callable[[Undoer], Undoer]:
    """Register who takes back what `tell(…, undo={"key": key, …})` announced, as a decorator."""

    def registered(undoer: Undoer) -> Undoer:
        _undoers[key] = undoer
        return undoer

    return registered


def take_back(request: HttpRequest, document: Mapping[str, Any]) -> None:
    """Undo what the document tells; it checks rights like any change."""
    undoer = _undoers.get(document["key"])
    if undoer is None:
        # The news is from before an upgrade.
        toasts.tell(request, _("This can no longer be undone."))
        return
    undoer(request, document)
