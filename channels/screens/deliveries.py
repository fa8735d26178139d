"""The ledger of a message, person by person, and why somebody got it or did not."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.attachments import tab
from backoffice.templatetags.relais import pill
from channels.models import Delivery, Message, State
from channels.screens.opening import people, visible
from channels.services.channel import Channel
from channels.services.explaining import Explanation
from contacts.models import Contact
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach

PAGE = 50
STATES = {state.name.lower(): state for state in State}
HUES = {
    State.QUEUED: ("violet", "clock"),
    State.CLAIMED: ("accent", "player-play"),
    State.SENDING: ("accent", "player-play"),
    State.SENT: ("green", "check"),
    State.FAILED: ("red", "alert-circle"),
    State.UNCERTAIN: ("violet", "help-circle"),
    State.SKIPPED: ("amber", "user-off"),
    State.CANCELLED: ("", "circle-x"),
}


def attach(channel: Channel) -> None:
    """Attach the tab to the pages of a channel's messages."""

    @tab(
        channel.kind,
        "deliveries",
        gettext_lazy("Recipients"),
        "channels/deliveries.html",
        order=30,
    )
    def _context(request: HttpRequest, message: Message) -> dict[str, Any]:
        return context(channel, request, message)


def context(channel: Channel, request: HttpRequest, message: Message) -> dict[str, Any]:
    """Show a page of the ledger, or what concerns one person."""
    asked = {key: request.GET.get(key, "") for key in ("state", "reason", "run", "before")}
    person = request.GET.get("person", "").replace("\0", "").strip()[:200]
    rows = _narrowed(channel, _readable(channel, request, message), asked)
    choices = {
        "channel": channel,
        "asked": asked,
        "states": [(key, state.label) for key, state in STATES.items()],
        "reasons": channel.reasons,
    }
    if person:
        found = _found(request, person)
        persons = [_person(channel, request, message, contact) for contact in found]
        return {**choices, "person": person, "persons": persons}
    page = list(rows.order_by("-pk")[: PAGE + 1])
    kept = {key: value for key, value in asked.items() if value and key != "before"}
    last = page[PAGE - 1].pk if len(page) > PAGE else None
    return {
        **choices,
        "heads": [label for _name, label in channel.moments],
        "rows": _shown(channel, request, page[:PAGE]),
        "older": urlencode({"tab": "deliveries", **kept, "before": last}) if last else "",
        "begun": bool(asked["before"]),
        "narrowed": bool(kept),
        "only_own": not _sees_all(request),
    }


def state_pill(row: Delivery) -> Any:
    """Say where a delivery stands."""
    state = State(row.state)
    hue, picture = HUES[state]
    return pill(state.name.lower(), capfirst(state.label), hue, picture)


def moments(channel: Channel, row: Delivery) -> list[Any]:
    """Return when what is measured of a delivery was first seen."""
    return [getattr(row, name) for name, _label in channel.moments]


def _readable(channel: Channel, request: HttpRequest, message: Message) -> QuerySet[Any]:
    """Return the deliveries of a message to contacts a user may see."""
    rows = channel.ledger_of(message)
    return rows if _sees_all(request) else rows.filter(contact_id__in=visible(request).values("pk"))


def _sees_all(request: HttpRequest) -> bool:
    user: Any = request.user
    return user.reach("contacts", "view") is Reach.ALL


def _found(request: HttpRequest, text: str) -> Iterable[Contact]:
    """Find who is named: `#12` by number, others by the beginning of name or address."""
    number = read_id(text.removeprefix("#")) if text.startswith("#") else None
    seen = visible(request)
    return seen.filter(pk=number) if number else people(seen, text)


def _narrowed(channel: Channel, rows: QuerySet[Any], asked: dict[str, str]) -> QuerySet[Any]:
    if asked["state"] in STATES:
        rows = rows.filter(state=STATES[asked["state"]])
    if asked["reason"] in dict(channel.reasons):
        rows = rows.filter(reason=asked["reason"])
    for key, column in (("run", "run_id"), ("before", "pk__lt")):
        if number := read_id(asked[key]):
            rows = rows.filter(**{column: number})
    return rows


def _shown(channel: Channel, request: HttpRequest, rows: list[Any]) -> list[dict[str, Any]]:
    names = visible(request).in_bulk({row.contact_id for row in rows})
    return [
        {
            "row": row,
            "contact": names.get(row.contact_id),
            "state": state_pill(row),
            "why": channel.said(row.reason) or channel.since(row),
            "moments": moments(channel, row),
        }
        for row in rows
    ]


def _person(
    channel: Channel, request: HttpRequest, message: Message, contact: Contact
) -> dict[str, Any]:
    rows = _readable(channel, request, message).filter(contact_id=contact.pk).order_by("-pk")[:10]
    told = channel.explain(message, contact.pk, clock.now())
    return {
        "contact": contact,
        "address": getattr(contact, channel.address),
        "rows": _shown(channel, request, list(rows)),
        "explained": told,
        "verdict": _verdict(channel, told),
    }


def _verdict(channel: Channel, told: Explanation) -> str:
    """Say in a sentence what would become of a message written now."""
    if told.reason:
        words = channel.said(told.reason)
        if told.waits_until:
            return _("Now it would wait: %(reason)s.") % {"reason": words}
        return _("Now it would be left out: %(reason)s.") % {"reason": words}
    if told.selected is False:
        return _("Not among the recipients: in none of the segments, or in an excluded one.")
    return _("Nothing stands in the way: it would go out now.")
