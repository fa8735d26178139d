"""The messages of a contact on their page: every one of the ledger, and what became of it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.text import capfirst

from backoffice.attachments import tab
from channels.screens.deliveries import moments, state_pill
from channels.services.channel import Channel
from contacts.models import Contact
from kernel import subjects
from kernel.ids import read_id

PAGE = 50


def attach(channel: Channel, label: Any, picture: str, order: int) -> None:
    """Attach the tab to the pages of contacts; `picture` stands where there is none yet."""
    kind = channel.kind

    def count(_user: Any, contact: Contact) -> int:
        return channel.delivery._default_manager.filter(contact_id=contact.pk).count()

    @tab("contacts", kind, label, "channels/of_contact.html", order=order, kind=kind, count=count)
    def _context(request: HttpRequest, contact: Contact) -> dict[str, Any]:
        return {"picture": picture, **context(channel, request, contact)}


def context(channel: Channel, request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Return a page of messages, the newest first; those one may not see have no name."""
    user: Any = request.user
    rows = channel.delivery._default_manager.filter(contact_id=contact.pk).order_by("-pk")
    if before := read_id(request.GET.get("before")):
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    names = subjects.seen_names(channel.subject, {channel.about(row) for row in page}, user)
    older = {"tab": channel.kind, "before": page[PAGE - 1].pk} if len(page) > PAGE else {}
    return {
        "channel": channel,
        "page": f"{channel.kind}-item",
        "heads": [label for _name, label in channel.moments],
        "rows": [
            {
                "row": row,
                "message": channel.about(row),
                "name": names.get(channel.about(row), ""),
                "state": state_pill(row),
                "why": capfirst(channel.said(row.reason) or ""),
                "moments": moments(channel, row),
            }
            for row in page[:PAGE]
        ],
        "older": urlencode(older),
    }
