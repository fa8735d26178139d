"""What a screen of a channel begins with: a message one may see, and people one may see."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from backoffice.access import Permitted
from channels.services.channel import Channel
from contacts.models import Contact
from contacts.services.finding import by_words
from kernel.ids import read_id
from kernel.lowering import lowered
from kernel.permissions import narrow

MOST_PEOPLE = 8


class OfChannel(Permitted):
    """A screen of one channel; its address gives `channel` and `kind`."""

    channel: Channel = None  # type: ignore[assignment]
    kind = ""


def given(channel: Channel) -> dict[str, Any]:
    """Return what `as_view` of such screens takes."""
    return {"channel": channel, "kind": channel.kind}


def message_of(
    channel: Channel, request: HttpRequest, pk: int, verb: str = "view", *, lock: bool = False
) -> Any:
    """Return a message a user may see; who may only see it is refused another verb."""
    user: Any = request.user
    seen = narrow(channel.messages().filter(pk=pk), user, channel.kind, "view")
    if lock:
        seen = seen.select_for_update(of=("self",), no_key=True)
    message = seen.first()
    if message is None:
        raise Http404
    if verb != "view" and not user.can(channel.kind, verb, message.owner_id):
        raise PermissionDenied
    return message


def visible(request: HttpRequest) -> QuerySet[Contact]:
    """Return the contacts a user may fill a message in for."""
    return narrow(Contact.objects.all(), request.user, "contacts", "view")  # type: ignore[arg-type]


def contact_of(request: HttpRequest, text: str | None) -> int | None:
    """Return the contact that is named; nobody where none is."""
    if not text:
        return None
    number = read_id(text) or 0
    if not visible(request).filter(pk=number).exists():
        raise Http404
    return number


def people(contacts: QuerySet[Contact], text: str) -> list[Contact]:
    """Find the newest by words of name, address or number; whose very address it is, alone."""
    newest = contacts.order_by("-pk").defer("attrs")
    exact = list(newest.filter(email_key=lowered(text))[:MOST_PEOPLE]) if "@" in text else []
    return exact or list(by_words(newest, text)[:MOST_PEOPLE])
