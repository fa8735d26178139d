"""Restricting the processing of a contact's data on their page, and noting objections."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.screens import leave_trail
from contacts.backoffice import cells
from contacts.backoffice.cells import Flat
from contacts.backoffice.noting import Noting
from contacts.models import Contact
from contacts.services import restricting
from contacts.services.reading import flat
from contacts.services.restricting import Said
from contacts.words import Channel, ConsentState, Ground, Purpose, Reason
from kernel import clock
from kernel.trail import Deed


@dataclass(frozen=True)
class Held:
    """The restriction in force, as people read it."""

    ground: str
    comment: str
    at: datetime | None
    # What an answer to this page is decided upon.
    seen: str


def told(person: Flat) -> Held | None:
    """Return the restriction of a flat contact."""
    found = person["restriction"]
    if not found:
        return None
    ground = str(Ground(found["ground"]).label)
    return Held(ground, found["comment"], cells.moment(found["at"]), seen_of(person))


def seen_of(person: Flat) -> str:
    """Return what tells one state of the restriction from another."""
    found = person["restriction"]
    return f"{found['ground']} {found['at']}" if found else "-"


def context(person: Flat) -> dict[str, Any]:
    """Return what the tab of consents shows of restrictions and objections."""
    said = {(one["purpose"], one["topic"]): one["state"] for one in person["consents"]}
    closed = person["do_not_contact"]
    left = {one["channel"] for one in closed if one["reason"] == Reason.UNSUBSCRIBED}
    profiling = said.get((Purpose.PROFILING, None)) == ConsentState.REFUSED
    return {
        "held": told(person),
        "held_seen": seen_of(person),
        "grounds": Ground.choices,
        "objects_to_profiling": profiling,
        "objects_to_marketing": profiling and set(Channel.values) <= left,
    }


class _Note(Noting):
    def said(self) -> Said:
        """Return what was typed, with who noted it down."""
        return Said(f"user:{self.user.pk}", self.note())

    def back(self, row: Contact, what: dict[str, Any], text: str) -> HttpResponse:
        """Leave a trail, say it, go back to the consents."""
        named = self.resource.named(row)
        leave_trail(self.request, Deed("contacts", "change", object=row.pk, name=named, after=what))
        return self.stay(row, text)

    def stay(self, row: Contact, text: str) -> HttpResponse:
        """Say it and go back to the consents."""
        toasts.tell(self.request, text)
        return HttpResponseRedirect(f"{self.resource.url('item', row.pk)}?tab=consent")


class Restricting(_Note):
    """Restricting, and lifting it again."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what was asked, unless a colleague did something else meanwhile."""
        row: Contact = self.item(pk, "edit", lock=True)
        if request.POST.get("seen", "") != seen_of(flat([row.pk])[0]):
            return self.stay(row, _("Somebody changed the restriction meanwhile: look again."))
        now = clock.now()
        if request.POST.get("act") == "lift":
            restricting.lift([row.pk], self.said(), now)
            return self.back(row, {"restriction": "-"}, _("Restriction lifted"))
        ground = request.POST.get("ground", "")
        if ground not in Ground.values:
            raise Http404
        restricting.restrict([row.pk], ground, self.said(), now)
        return self.back(row, {"restriction": ground}, _("Processing restricted"))


class Objecting(_Note):
    """Noting that somebody objects."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note it with who noted it down as its source."""
        row: Contact = self.item(pk, "edit", lock=True)
        to, now = request.POST.get("to", ""), clock.now()
        if to == "profiling":
            restricting.object_to_profiling([row.pk], self.said(), now)
            text = _("Noted: objects to profiling")
        elif to == "direct_marketing":
            restricting.object_to_marketing([row.pk], self.said(), now)
            text = _("Noted: objects to direct marketing")
        else:
            raise Http404
        return self.back(row, {"objection": to}, text)
