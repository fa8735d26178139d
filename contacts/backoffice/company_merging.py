"""Merging companies by hand: found by name, looked at side by side, one of them stays."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice import toasts
from backoffice.bulk import BulkAction, Selection
from backoffice.screens import Screen, leave_trail
from contacts.backoffice.cells import moment
from contacts.company_catalogue import SCORE, kept
from contacts.services import company_merge
from contacts.services import company_records as records
from contacts.services.exports.reading import named
from contacts.values.showing import display
from kernel import clock
from kernel.ids import read_id
from kernel.queues import hint_on_commit
from kernel.registry import ConfigProblem
from kernel.trail import Deed

MOST_FOUND = 12


def address(companies: Sequence[int]) -> str:
    """Return where these companies stand side by side, the one that stays first."""
    return f"{reverse('companies-merge')}?ids={','.join(map(str, companies))}"


class Merging(Screen):
    """Companies side by side; one of them stays."""

    # What the others lose is their own page: it takes the right to delete them.
    verb = "delete"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them side by side, with a way to add one more."""
        ids = self._companies(request.GET)
        if not ids:
            return HttpResponseRedirect(self.resource.url())
        shown = records.flat(ids)
        text = request.GET.get("q", shown[0]["name"].split()[0] if len(ids) == 1 else "")
        for each in shown[1:]:
            others = [number for number in ids if str(number) != each["id"]]
            each["first_url"] = address([int(each["id"]), *others])
        for each in shown:
            each["since"] = moment(each["created_at"])
        context = self.context(
            companies=shown,
            rows=_compared(shown),
            ids=",".join(map(str, ids)),
            text=text,
            found=self._found(ids, text) if len(ids) < company_merge.MOST else [],
        )
        part = request.headers.get("HX-Target") == "found"
        template = "contacts/companiesfound.html" if part else "contacts/companymerge.html"
        return render(request, template, context)

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Have them become one, and lead to the one that stays."""
        ids = self._companies(request.POST)
        if len(ids) < 2:
            return HttpResponseRedirect(self.resource.url())
        winner, now = ids[0], clock.now()
        try:
            losers = company_merge.chosen_ones(winner, ids[1:], self.user)
            company_merge.start(winner, losers, now, self.user.pk)
        except ConfigProblem as problem:
            toasts.tell(request, problem.problems[0]["message"])
            return HttpResponseRedirect(address(ids))
        hint_on_commit("kernel.jobs")
        told = {"losers": [str(loser) for loser in losers]}
        leave_trail(request, Deed("companies", "merge", object=winner, after=told))
        toasts.tell(request, _("The companies are becoming one; their people follow in a moment."))
        return HttpResponseRedirect(self.resource.url("item", winner))

    def _companies(self, sent: Any) -> list[int]:
        """Return those of the given companies the user may merge, in the order given."""
        ids = [number for part in sent.get("ids", "").split(",") if (number := read_id(part))]
        ids = list(dict.fromkeys(ids))[: company_merge.MOST]
        rows = self.resource.rows(self.user, "delete").filter(pk__in=ids)
        known = set(rows.values_list("pk", flat=True))
        return [number for number in ids if number in known]

    def _found(self, ids: Sequence[int], text: str) -> list[dict[str, Any]]:
        words = text.replace("\0", "").strip()
        if not words:
            return []
        rows: Any = self.resource.rows(self.user, "delete").exclude(pk__in=ids)
        found: Any = named(rows, words).order_by("name_key", "pk")[:MOST_FOUND]
        return [
            {"id": row["pk"], **row, "url": address([*ids, row["pk"]])}
            for row in found.values("pk", "name", "people")
        ]


def _compared(companies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each field that one of them has a value of, with the values side by side."""
    zone, language = timezone.get_current_timezone_name(), get_language() or "en"
    rows = []
    for alias, spec in {**kept(), "score": SCORE}.items():
        if any(each[alias] not in (None, 0) for each in companies):
            cells = [display(spec, each[alias], language, zone) for each in companies]
            rows.append({"label": spec.name, "cells": cells})
    return rows


def _lead(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> HttpResponse:
    """Show those that were ticked side by side, the oldest first."""
    ids = list(selection.rows.order_by("pk").values_list("pk", flat=True)[: company_merge.MOST + 1])
    if len(ids) > company_merge.MOST:
        most = {"most": company_merge.MOST}
        toasts.tell(request, _("At most %(most)s companies are merged at once.") % most)
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponse(headers={"HX-Redirect": address(ids)})


ACTION = BulkAction("merge", _lazy("Merge…"), "arrow-merge", "delete", _lead)
