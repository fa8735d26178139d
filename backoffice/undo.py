"""Taking changes back: apps say how, by the key that the news of the change carries."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

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
    _undoers[document["key"]](request, document)
