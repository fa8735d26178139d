"""Short news after a change, with what takes it back: `tell(request, "Deleted", undo=…)`."""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

# What can be taken back can be so for an hour, by whoever did it.
MAX_AGE = 3600
_SALT = "backoffice.undo"
_MARK = "undo:"


@dataclass(frozen=True)
class Undo:
    """Where to send the token that takes a change back."""

    url: str
    token: str


def tell(request: HttpRequest, text: object, undo: dict[str, Any] | None = None) -> None:
    """Say something on the next page, or in this answer; `undo` is what `undo.undoes` gets."""
    tags = "" if undo is None else _MARK + sealed(request, undo)
    messages.info(request, str(text), extra_tags=tags, fail_silently=True)


def sealed(request: HttpRequest, undo: dict[str, Any]) -> str:
    """Return the token that takes a change back; `once` names what is offered in several places."""
    document = {"user": request.user.pk, "once": token_urlsafe(12), **undo}
    return signing.dumps(document, salt=_SALT, compress=True)


def told(request: HttpRequest) -> int:
    """Return how much was told while this request is answered."""
    return len(_queued(request))


def take_back(request: HttpRequest, told: int) -> None:
    """Forget what was told since then: it did not happen after all."""
    del _queued(request)[told:]


def _queued(request: HttpRequest) -> list[Message]:
    queued: list[Message] = getattr(messages.get_messages(request), "_queued_messages", [])
    return queued


def undo_of(message: Message) -> Undo | None:
    """Return what takes a piece of news back."""
    tags = message.extra_tags or ""
    if not tags.startswith(_MARK):
        return None
    return Undo(reverse("backoffice:undo"), tags.removeprefix(_MARK))


def unsealed(request: HttpRequest) -> dict[str, Any] | None:
    """Read the token of a request back; None if it is old, forged or somebody else's."""
    try:
        document: dict[str, Any] = signing.loads(
            request.POST.get("undo", ""), salt=_SALT, max_age=MAX_AGE
        )
    except signing.BadSignature:
        return None
    return document if document.get("user") == request.user.pk else None
