"""Returned mail nobody could make sense of, on screen: read as text, filed by hand, deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice import toasts
from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from backoffice.screens import Screen, leave_trail
from backoffice.templatetags.relais import pill
from contacts.models import Contact
from emails.models import ReturnedMail
from emails.returned.reading import Kind
from emails.services import quarantine
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import narrow
from kernel.trail import Deed

Why = ReturnedMail.Why


class SortForm(forms.Form):
    """What a message is, and of whom."""

    kind = forms.ChoiceField(
        label=_lazy("It is"),
        choices=[(kind.value, capfirst(kind.label)) for kind in quarantine.FILED_AS],
    )
    who = forms.CharField(
        label=_lazy("Of this contact"),
        max_length=320,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_lazy("Email or number of a contact: it is about the last mail they were sent."),
    )


def contact_of(text: str, user: Any, kind: Kind) -> Contact | None:
    """Find a contact of whom a user may file this, by address or number."""
    rows = narrow(Contact.objects.all(), user, "contacts", quarantine.right_for(kind))
    who = text.strip()
    by = Q(email_key=who.lower())
    if number := read_id(who.removeprefix("#")):
        by |= Q(pk=number)
    return rows.filter(by).order_by("pk").first() if who else None


class Quarantine(Resource[ReturnedMail]):
    """Messages that wait for somebody to say what they are."""

    key = "returned-mail"
    path = "quarantine"
    kind = "returned_mail"
    model = ReturnedMail
    icon = "inbox"
    label, plural = _lazy("Returned mail"), _lazy("Returned mail in quarantine")
    purpose = _lazy(
        "What came back and could not be told apart waits here. Nothing follows from it until"
        " somebody says what it is."
    )
    changeable = False
    findable = False
    rights: ClassVar[Mapping[str, str]] = {"delete": "edit"}
    search = ("sender", "subject")
    sorts = ("received_at",)
    default_sort = "-received_at"
    columns = (
        Column("why", _lazy("Why"), lambda row: row.get_why_display(), width="wide"),
        Column("kind", _lazy("Looks like"), lambda row: row.get_kind_display(), width="mid"),
        Column("received_at", _lazy("Received"), sort="received_at", width="mid"),
    )
    filters = (
        ListFilter(
            "why",
            _lazy("Why"),
            tuple(Why.choices),
            lambda rows, value: rows.filter(why=value),
        ),
    )
    item_template = "emails/quarantined.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[ReturnedMail]:
        """Return what waits; a message may be of anybody, and so is nobody's own."""
        return super().rows(user, verb).filter(state=ReturnedMail.State.HELD)

    def listed(self, rows: QuerySet[ReturnedMail]) -> QuerySet[ReturnedMail]:
        """Leave the messages themselves where they are."""
        return rows.defer("raw", "addresses")

    def name(self, row: ReturnedMail) -> str:
        """Return its subject."""
        return row.subject or _("No subject")

    def beside(self, row: ReturnedMail) -> str:
        """Say who sent it."""
        return row.sender

    def first(self) -> Column:
        """Lead to the message by its subject."""
        return Column("subject", _("Subject"), narrow=True)

    def state(self, row: ReturnedMail) -> Any:
        """Say what it looks like."""
        return pill("", row.get_kind_display(), "amber", "alert-triangle")

    def facts(self, row: ReturnedMail) -> Any:
        """Say who sent it."""
        return row.sender

    def details(self, row: ReturnedMail) -> list[tuple[Any, Any]]:
        """Say why it waits."""
        return [
            (_("Why"), capfirst(row.get_why_display())),
            (_("From"), row.sender or "-"),
            (_("Looks like"), row.get_kind_display()),
        ]

    def first_tab(self, row: ReturnedMail) -> Any:
        """It is opened to be read."""
        return _("Message")

    def page(self, request: HttpRequest, row: ReturnedMail) -> dict[str, Any]:
        """Show it as text, and what may be done."""
        return {"text": quarantine.text_of(row), "filing": SortForm()}

    def delete(self, row: ReturnedMail, now: datetime) -> None:
        """Forget the message; its digest stays, so that it is not taken in again."""
        quarantine.dismiss(row.pk)

    def named(self, row: ReturnedMail) -> str:
        """The trail outlives the message, and so names nobody."""
        return f"#{row.pk}"

    def told(self, row: ReturnedMail) -> Mapping[str, Any]:
        """Compare what it is."""
        return {"kind": row.kind, "why": row.why}


class Sort(Screen):
    """Saying what a message is."""

    verb = "edit"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what follows from it."""
        row = self.item(pk, "edit")
        form = SortForm(request.POST)
        here = HttpResponseRedirect(self.resource.url("item", pk))
        if not form.is_valid():
            toasts.tell(request, _("There is no contact with this address or number."))
            return here
        kind = Kind(form.cleaned_data["kind"])
        contact = contact_of(form.data.get("who", ""), self.user, kind)
        if contact is None:
            toasts.tell(request, _("There is no contact with this address or number."))
            return here
        try:
            quarantine.file(pk, kind, contact, clock.now())
        except quarantine.FilingRefused as refused:
            toasts.tell(request, str(refused))
            return here
        told = {"kind": kind.value, "contact": contact.pk}
        deed = Deed("returned_mail", "sort", object=row.pk, name=f"#{row.pk}", after=told)
        leave_trail(request, deed)
        toasts.tell(request, _("Filed as: %(kind)s") % {"kind": kind.label})
        return HttpResponseRedirect(self.resource.url())


Quarantine.bulk = (deleting(Quarantine),)
urlpatterns = register(
    Quarantine,
    Place(
        _lazy("Returned mail"),
        "returned-mail",
        "inbox",
        492,
        kind="returned_mail",
        under="channels",
    ),
    order=492,
)
_given: dict[str, Any] = {"resource": resource_of("returned-mail"), "kind": "returned_mail"}
urlpatterns += [path("quarantine/<int:pk>/sort", Sort.as_view(**_given), name="quarantine-sort")]
