"""Merging by hand: the other one is found, both stand side by side, one value a field is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache

from backoffice import toasts
from backoffice.bulk import BulkAction, Selection
from backoffice.screens import Screen, leave_trail
from contacts.backoffice import cells
from contacts.backoffice.cells import Flat
from contacts.services import merging
from contacts.services.comparing import OWNER, Compared, compared, moving
from contacts.services.finding import by_words
from contacts.services.merge import Wish, followed
from contacts.services.reading import flat
from contacts.values.showing import display
from kernel import clock
from kernel.ids import read_id
from kernel.locks import again
from kernel.registry import ConfigProblem
from kernel.trail import Deed

MOST_FOUND = 12
KEEP = "keep-"
CHANGED = _lazy("Somebody changed these contacts meanwhile. Look again.")


@dataclass(frozen=True)
class Cell:
    """A value as one contact has it; `kept` where it stays unless another is chosen."""

    contact: int
    # Whose value it is, where they do not stand side by side.
    who: str
    shown: str
    kept: bool


def address(contacts: Sequence[int]) -> str:
    """Return where these contacts stand side by side, the one that stays first."""
    return f"{reverse('contacts-merge')}?ids={','.join(map(str, contacts))}"


@method_decorator(never_cache, name="dispatch")
class Merging(Screen):
    """Contacts side by side; one of them stays. Who comes back here asks anew."""

    # What the others lose is their own page: it takes the right to delete them.
    verb = "delete"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Find the other one, or show them side by side."""
        contacts, gone = self._contacts(request.GET)
        if gone and (one := self._became(request.GET)):
            return self._merged_before(one)
        if gone:
            toasts.tell(request, str(CHANGED))
        people = [_person(one) for one in flat(contacts)]
        contacts = [person["id"] for person in people]
        if not contacts:
            return HttpResponseRedirect(self.resource.url())
        if len(contacts) == 1:
            return self._find(people[0])
        rows = compared(contacts)
        for person in people[1:]:
            others = [number for number in contacts if number != person["id"]]
            person["first_url"] = address([person["id"], *others])
        context = self.context(
            people=people,
            rows=[_told(row, contacts, people) for row in rows],
            moves=moving(contacts[1:]),
            ids=",".join(map(str, contacts)),
        )
        return render(request, "contacts/merge.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Merge them, and lead to the one that stayed."""
        contacts, gone = self._contacts(request.POST)
        if gone or len(contacts) < 2:
            if one := self._became(request.POST):
                return self._merged_before(one)
            # Whoever stays was chosen: nobody else takes the place of one who is gone.
            toasts.tell(request, str(CHANGED))
            left = address(contacts) if len(contacts) > 1 else self.resource.url()
            return HttpResponseRedirect(left)
        try:
            again(lambda: self._merge(contacts))
        except ConfigProblem:
            toasts.tell(request, str(CHANGED))
            return HttpResponseRedirect(address(contacts))
        toasts.tell(request, _("Merged: they are one contact now."))
        return HttpResponseRedirect(self.resource.url("item", contacts[0]))

    @transaction.atomic
    def _merge(self, contacts: Sequence[int]) -> None:
        """Merge them as their choices say, and note who did."""
        kept = {
            name.removeprefix(KEEP): number
            for name, value in self.request.POST.items()
            if name.startswith(KEEP) and (number := read_id(str(value)))
        }
        winner, losers = contacts[0], contacts[1:]
        left = merging.chosen_ones(winner, losers, self.user)
        merging.unite(winner, left, kept, Wish(self.user.pk, "hand"), clock.now())
        told = {"losers": [str(loser) for loser in left]}
        leave_trail(self.request, Deed("contacts", "merge", object=winner, after=told))

    def _contacts(self, sent: Any) -> tuple[list[int], bool]:
        """Return whom they may merge of those given, in that order, and whether some are gone."""
        ids = _asked(sent)
        rows = self.resource.rows(self.user, "delete").filter(pk__in=ids)
        found = set(rows.values_list("pk", flat=True))
        left = [number for number in ids if number in found]
        return left, left != ids

    def _became(self, sent: Any) -> int | None:
        """Return the contact that all of the given ones are by now, if they were merged."""
        ids = _asked(sent)
        became = set(followed(ids))
        if len(became) != 1 or became == set(ids):
            return None
        rows = self.resource.rows(self.user).filter(pk__in=became)
        return rows.values_list("pk", flat=True).first()

    def _merged_before(self, one: int) -> HttpResponse:
        """Lead on to the one that stayed: somebody came back to a question that is answered."""
        if self.request.method != "HEAD":
            toasts.tell(self.request, _("These contacts were merged before: they are this one."))
        return HttpResponseRedirect(self.resource.url("item", one))

    def _find(self, person: dict[str, Any]) -> HttpResponse:
        text = self.request.GET.get("q", person["likely"])
        found = list[dict[str, Any]]()
        if text.strip():
            rows = self.resource.rows(self.user, "delete").exclude(pk=person["id"])
            ids = by_words(rows, text).order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]
            found = [_person(one) for one in flat(ids)]
        for other in found:
            other["url"] = address([person["id"], other["id"]])
        context = self.context(person=person, found=found, text=text)
        part = self.request.headers.get("HX-Target") == "found"
        template = "contacts/mergefound.html" if part else "contacts/mergefind.html"
        return render(self.request, template, context)


def _asked(sent: Any) -> list[int]:
    """Return the numbers asked for, each once."""
    ids = [number for part in sent.get("ids", "").split(",") if (number := read_id(part))]
    return list(dict.fromkeys(ids))[: merging.MOST]


def _person(one: Flat) -> dict[str, Any]:
    name = cells.name_of(one)
    return {
        "id": int(one["id"]),
        "name": name,
        # What the same person is likely to be called elsewhere, too.
        "likely": one["last_name"] or one["first_name"] or "",
        "email": one["email"] or "",
        "created": cells.moment(one["created_at"]),
        "last_active": cells.moment(one["last_active_at"]),
        "points": one["points"],
        "owner": one["owner"]["name"] if one["owner"] else "",
    }


def _told(row: Compared, contacts: Sequence[int], people: Sequence[dict[str, Any]]) -> Any:
    known = {person["id"]: person for person in people}
    zone, language = timezone.get_current_timezone_name(), get_language() or "en"
    found = []
    for contact in contacts:
        value = row.values.get(contact)
        if row.spec is OWNER:
            shown = known[contact]["owner"] if value else ""
        else:
            shown = display(row.spec, value, language, zone)
        who = f"{known[contact]['name']} #{contact}"
        found.append(Cell(contact, who, shown, contact == row.kept))
    return {
        "alias": row.spec.alias,
        "label": row.spec.name,
        "differs": row.differs,
        "cells": found,
    }


def _lead(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> HttpResponse:
    """Show those that were ticked side by side, the oldest first."""
    ids = list(selection.rows.order_by("pk").values_list("pk", flat=True)[: merging.MOST + 1])
    if len(ids) > merging.MOST:
        most = {"most": merging.MOST}
        toasts.tell(request, _("At most %(most)s contacts are merged at once.") % most)
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponse(headers={"HX-Redirect": address(ids)})


ACTION = BulkAction("merge", _lazy("Merge…"), "arrow-merge", "delete", _lead)
