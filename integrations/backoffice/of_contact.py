"""The other systems of a contact on their page: which record is theirs there, and what became."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.generic import View

from backoffice import toasts
from backoffice.access import Permitted
from backoffice.attachments import tab
from backoffice.screens import leave_trail
from contacts.models import Contact
from integrations.backoffice.log import shown
from integrations.models import Connection, Link, Push
from integrations.plugins.actions import PushToSystem
from integrations.services import asking, connecting
from kernel import clock, withholding
from kernel.actions import Batch, run_action
from kernel.ids import read_id
from kernel.permissions import narrow
from kernel.queues import hint_on_commit
from kernel.trail import Deed


@tab(
    "contacts",
    "integrations",
    _lazy("Systems"),
    "integrations/of_contact.html",
    order=45,
    kind="connections",
)
def systems_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Return each connection one may see, with the record there and the last push."""
    user: Any = request.user
    rows = list(narrow(Connection.objects.order_by("name"), user, "connections", "view"))
    mine: dict[int, list[Link]] = {}
    links = Link.objects.filter(contact_id=contact.pk, epoch=F("connection__epoch"))
    for link in links.order_by("former", "pk"):
        mine.setdefault(link.connection_id, []).append(link)
    pushes = Push.objects.filter(contact_id=contact.pk).order_by("connection_id", "-pk")
    last = {push.connection_id: push for push in pushes.distinct("connection_id")}
    lines = [
        {
            "connection": row,
            "links": mine.get(row.pk, []),
            "last": shown(last[row.pk]) if row.pk in last else None,
        }
        for row in rows
        if row.active or row.pk in mine or row.pk in last
    ]
    return {"lines": lines, "may_push": connecting.may_push(user)}


class PushNow(Permitted, View):
    """Pushing one contact, from their page."""

    kind = "contacts"
    verb = "export"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the action does, for this contact alone."""
        user: Any = request.user
        contact = get_object_or_404(narrow(Contact.objects.all(), user, "contacts", "view"), pk=pk)
        seen = narrow(Connection.objects.all(), user, "connections", "view")
        row = seen.filter(pk=read_id(request.POST.get("connection")) or 0).first()
        back = HttpResponseRedirect(f"{reverse('contacts-item', args=[pk])}?tab=integrations")
        if row is None:
            toasts.tell(request, _("There is no such connection."))
            return back
        action = PushToSystem({"connection": row.pk})
        # Each press is a cause of its own.
        cause = f"hand:{user.pk}:{clock.now().timestamp()}"
        outcomes = run_action(action, Batch([contact.pk], [cause]), clock.now())
        if why := outcomes.skipped.get(contact.pk) or outcomes.failed.get(contact.pk):
            toasts.tell(request, withholding.said(why))
            return back
        after = {"contact": contact.pk}
        leave_trail(request, Deed("connections", "push", object=row.pk, name=row.name, after=after))
        hint_on_commit(asking.QUEUE)
        toasts.tell(request, _("On its way to “%(name)s”") % {"name": row.name})
        return back


urlpatterns = [path("contacts/<int:pk>/push", PushNow.as_view(), name="contacts-push")]
