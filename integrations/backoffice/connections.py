"""Connections as a resource, and what can be tried with one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice import deeds, toasts
from backoffice.bulk_screens import deleting
from backoffice.columns import Column, number
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, mine
from backoffice.resource import Resource
from backoffice.routes import register
from backoffice.screens import Screen, leave_trail
from backoffice.templatetags.relais import pill
from contacts.models import Contact
from integrations.backoffice.form import EMPTY, ConnectionForm, line_context
from integrations.models import Connection
from integrations.services import (
    asking,
    connecting,
    health,
    hurrying,
    mapping,
    pushing,
    removing,
    trying,
)
from integrations.services.saying import said
from kernel import clock
from kernel.connectors import connectors
from kernel.ids import read_id
from kernel.permissions import narrow
from kernel.queues import hint_on_commit
from kernel.trail import Deed

YES, NO = "yes", "no"
MOST_LINES = 1_000


def state_pill(row: Connection) -> Any:
    """Say whether it is on, and whether it works."""
    if not row.active:
        return pill("unpublished", _("off"))
    if row.trouble or health.is_paused(row, clock.now()):
        return pill("", _("paused"), "amber", "alert-triangle")
    return pill("published", _("active"))


def _waiting(row: Connection) -> str:
    count, more = pushing.waiting(row)
    return _("more than %(count)s") % {"count": number(count)} if more else number(count)


def _server(row: Connection) -> str:
    return urlsplit(str(row.settings.get("base_url") or "")).hostname or ""


def _kind(row: Connection) -> str:
    kind = connectors.get(row.connector)
    return str(kind.label) if kind else _("no longer available")


class Connections(Resource[Connection]):
    """Other systems, and what of contacts goes there."""

    key = kind = "connections"
    path = "settings/connections"
    model = Connection
    form = ConnectionForm
    icon = "plug"
    label, plural = _lazy("Connection"), _lazy("Connections")
    new_label = _lazy("New connection")
    purpose = _lazy(
        "A connection brings contacts to a CRM or another system, each time they are pushed."
    )
    owner = "owner"
    subject = "connection"
    in_settings = True
    search = ("name", "description")
    columns = (
        Column("state", _lazy("State"), state_pill, narrow=True),
        Column("kind", _lazy("Kind of system"), _kind, width="mid"),
        Column("server", _lazy("Server"), _server, width="mid"),
        Column("updated_at", _lazy("Changed"), sort="updated_at", width="slim"),
    )
    filters = (
        ListFilter(
            "active",
            _lazy("Active"),
            ((YES, _lazy("yes")), (NO, _lazy("no"))),
            lambda rows, value: rows.filter(active=value == YES),
        ),
        mine(),
    )
    item_template = "integrations/connection.html"
    form_template = "integrations/form.html"

    def form_for(self, request: HttpRequest, row: Connection | None, data: Any = None) -> Any:
        """Check with the rights of who writes; who may not say where contacts go gets no form."""
        user: Any = request.user
        if connecting.refusal(row or Connection(), user):
            raise PermissionDenied(connecting.refusal(row or Connection(), user))
        return ConnectionForm(data, instance=row, user=user)

    def save(self, form: Any, user: Any, now: datetime) -> Connection:
        """Keep it; what waits is tried at once."""
        row = super().save(form, user, now)
        hurrying.hurry(row, now)
        return row

    def delete(self, row: Connection, now: datetime) -> None:
        """Have it gone; a job deletes what hangs on it."""
        removing.remove(row, now)

    def state(self, row: Connection) -> Any:
        """Tell whether it is on."""
        return state_pill(row)

    def details(self, row: Connection) -> list[tuple[Any, Any]]:
        """Say where it leads, and what waits."""
        found = mapping.sources().get(row.match)
        return [
            (_("Kind of system"), _kind(row)),
            (_("Server"), _server(row)),
            (_("Found by"), found.label if found else ""),
            (_("Secret"), _("set, kept sealed") if row.secrets else _("none")),
            (_("Waiting"), _waiting(row)),
        ]

    def page(self, request: HttpRequest, row: Connection) -> dict[str, Any]:
        """Show the mapping, and why it is paused."""
        user: Any = request.user
        known = mapping.sources()
        lines = [{**line, "label": _told(line, known)} for line in row.mapping]
        paused = row.paused_until if health.is_paused(row, clock.now()) else None
        return {
            "lines": lines,
            "trouble": said(row.trouble) if row.trouble else "",
            "paused_until": paused,
            "may_push": connecting.may_push(user),
            "kept": connecting.refusal(row, user),
        }

    def told(self, row: Connection) -> Mapping[str, Any]:
        """Compare what people edit; of secrets, when they were set."""
        names = ("name", "description", "active", "connector", "settings", "match", "mapping")
        return {name: getattr(row, name) for name in (*names, "secrets_at")}


deeds.names(
    "connections",
    {
        "secrets": _lazy("Secrets"),
        "secrets_at": _lazy("Secret set"),
        "paused_until": _lazy("Paused until"),
        "trouble": _lazy("Why it is paused"),
        "asked": _lazy("Contacts"),
        "contacts": _lazy("Contacts"),
        "contact": _lazy("Contact"),
    },
)


def _told(line: Mapping[str, str], known: Mapping[str, mapping.Source]) -> str:
    if line["source"] == mapping.TEXT:
        return _("“%(name)s”") % {"name": line["text"]}
    source = known.get(line["source"])
    return f"{source.group}: {source.label}" if source else _("a field you may not see")


class Pushing(Screen):
    """A screen for whoever may hand out contacts."""

    verb = "edit"

    def reached(self, pk: int) -> Connection:
        """Fetch the connection, without a lock: other systems are called next."""
        row: Connection = self.item(pk, "edit")
        if not connecting.may_push(self.user):
            raise PermissionDenied
        return row


TOO_MANY = _lazy("Enough calls for this minute. Try again in the next.")


class Test(Pushing):
    """Whether the other system answers."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Call it, and show what came back."""
        row = self.reached(pk)
        try:
            came = trying.test(row, self.user)
        except trying.TooOften:
            came = trying.Shown(works=False, words=str(TOO_MANY))
        return render(request, "integrations/tested.html", {"came": came})


class Learn(Pushing):
    """Which fields the other system has."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, keep and show them."""
        row = self.reached(pk)
        try:
            why = trying.learn(row, self.user)
        except trying.TooOften:
            why = str(TOO_MANY)
        context = {"why": why, "fields": row.remote_fields}
        return render(request, "integrations/learnt.html", context)


class Preview(Screen):
    """What would be sent of a contact."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Fill the mapping in, for a contact one may see."""
        row = self.item(pk)
        who = request.POST.get("who", "").strip()
        rows = narrow(Contact.objects.all(), self.user, "contacts", "view")
        by = Q(email_key=who.lower())
        if number := read_id(who.removeprefix("#")):
            by |= Q(pk=number)
        contact = rows.filter(by).order_by("pk").first() if who else None
        body = trying.preview(row, contact.pk) if contact else None
        context = {"contact": contact, "body": trying.as_text(body) if body is not None else ""}
        return render(request, "integrations/previewed.html", {**context, "who": who})


class Line(Screen):
    """One more line of the mapping, for the form of a new connection or of one there is.

    It tells only which fields whoever asks may see: no right of its own is asked for.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """Draw an empty one."""
        place = min(read_id(request.GET.get("n")) or 1, MOST_LINES)
        return render(request, "integrations/line.html", line_context(EMPTY, place))


class Resume(Pushing):
    """Trying at once what waits."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget the failures."""
        row, now = self.reached(pk), clock.now()
        fresh = {"failures": 0, "paused_until": None, "trouble": ""}
        fresh |= {"deferrals": 0, "deferred_since": None}
        Connection.objects.filter(pk=pk).update(**fresh)
        hurrying.hurry(row, now)
        leave_trail(request, Deed("connections", "resume", object=pk, name=row.name))
        hint_on_commit(asking.QUEUE)
        toasts.tell(request, _("What waits is tried now."))
        return HttpResponseRedirect(self.resource.url("item", pk))


Connections.bulk = (deleting(Connections),)
urlpatterns = register(
    Connections,
    Place(_lazy("Connections"), "connections", "plug", 955, kind="connections", under="settings"),
    order=955,
)
_given: dict[str, Any] = {"resource": Connections(), "kind": Connections.kind}
urlpatterns = [
    path("settings/connections/line", Line.as_view(**_given), name="connections-line"),
    *urlpatterns,
    path("settings/connections/<int:pk>/test", Test.as_view(**_given), name="connections-test"),
    path("settings/connections/<int:pk>/learn", Learn.as_view(**_given), name="connections-learn"),
    path(
        "settings/connections/<int:pk>/preview",
        Preview.as_view(**_given),
        name="connections-preview",
    ),
    path(
        "settings/connections/<int:pk>/resume", Resume.as_view(**_given), name="connections-resume"
    ),
]
