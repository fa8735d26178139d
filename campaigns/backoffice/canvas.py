"""The canvas of one campaign: the page around the island that draws it, and its copies."""

from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.endings import Delete
from backoffice.items import Item
from backoffice.screens import Screen, leave_trail
from campaigns.backoffice.words import words
from campaigns.services import drafts, late
from campaigns.services.publishing import NotPossible
from kernel.permissions import Reach, whose
from kernel.trail import Deed
from kernel.zone import workspace_zone


class Canvas(Item):
    """One campaign, drawn; its other tabs are pages like any other's."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say which campaign, what the user may do with it, and the words of the island."""
        if request.GET.get("tab"):
            return super().get(request, pk)
        row = self.item(pk)
        may = {verb: self.may(row, verb) for verb in ("edit", "publish", "delete")}
        creates = self.user.can("campaigns", "create")
        context = self.context(
            row=row,
            title=row.name,
            shown_state=self.resource.state(row),
            tabs=self._tabs(row, [], ""),
            may=may,
            creates=creates,
            page={
                "id": str(row.pk),
                "may": {**may, "create": creates},
                "sitting": str(uuid4()),
                "only_own": whose(self.user, "contacts") is not None,
                # Figures are told by its days.
                "zone": str(workspace_zone()),
            },
            words=words(),
            late=late.told(row, self.user),
            indexes=self.user.reach("fields", "view") is not Reach.NONE,
            **self._in_the_way(row),
        )
        return render(request, "campaigns/canvas.html", context)


class Gone(Delete):
    """The end of a campaign, which must not run any more."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete it, or say what is to be done first."""
        try:
            with transaction.atomic():
                return super().post(request, pk)
        except NotPossible as refused:
            toasts.tell(request, refused.message)
            return HttpResponseRedirect(self.resource.url("item", pk))


class Duplicate(Screen):
    """Makes a draft like another campaign."""

    verb = "create"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Copy the draft and open the copy."""
        copy = drafts.duplicate(self.item(pk), user=self.user)
        leave_trail(request, Deed("campaigns", "create", object=copy.pk, name=copy.name))
        toasts.tell(request, _("“%(name)s” is a draft of its own.") % {"name": copy.name})
        return HttpResponseRedirect(self.resource.url("item", copy.pk))
