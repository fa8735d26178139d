"""The question before a campaign deletes very many contacts: the number is typed."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.columns import number
from backoffice.screens import Screen, leave_trail
from campaigns.models import Campaign
from campaigns.services import confirming
from contacts.services import braking
from kernel import clock
from kernel.trail import Deed


class ConfirmDeletions(Screen):
    """Asks, and lets those go who are held; of whoever may delete all contacts and publish it."""

    verbs: ClassVar = {"get": "publish", "post": "publish"}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say how many, and ask for the number."""
        row = self._row(pk)
        seen = braking.held(row.pk)
        context = {
            "row": row,
            "held": seen.people,
            "until": clock.iso(seen.until) if seen.until else "",
        }
        return render(request, "campaigns/deletions_ask.html", context)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let them go, where the number typed is that of those who wait."""
        row = self._row(pk)
        back = f"{reverse('campaigns-parked')}?campaign={row.pk}"
        seen = braking.Held(_number(request.POST), _until(request.POST))
        try:
            confirming.confirm(row.pk, seen, clock.now())
        except confirming.NotPossible as refused:
            toasts.tell(request, str(refused))
            return HttpResponseRedirect(back)
        after = {"contacts": seen.people}
        told = Deed("campaigns", "confirm deletions", object=row.pk, name=row.name, after=after)
        leave_trail(request, told)
        words = ngettext(
            "%(count)s contact is being deleted",
            "%(count)s contacts are being deleted",
            seen.people,
        )
        toasts.tell(request, words % {"count": number(seen.people)})
        return HttpResponseRedirect(back)

    def _row(self, pk: int) -> Campaign:
        row: Campaign = self.item(pk, "publish")
        if not confirming.may(self.user):
            raise PermissionDenied
        return row


def _number(posted: QueryDict) -> int:
    """Read a number as people write it, with whatever they part thousands by."""
    return int("".join(filter(str.isdecimal, posted.get("typed", "")))[:15] or 0)


def _until(posted: QueryDict) -> datetime | None:
    """Read up to which instant they were counted; None: not said."""
    try:
        return clock.parse_instant(posted.get("until", ""))
    except (ValueError, OverflowError):
        return None
