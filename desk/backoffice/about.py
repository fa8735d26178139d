"""What notes and tasks share on screen: they are about contacts, whose reader sees them."""

from dataclasses import replace
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.columns import Column
from backoffice.resource import Resource, resource_of
from contacts.models import Contact
from contacts.services.merge import survivor
from desk.models import Note, Task
from kernel.ids import read_id
from kernel.permissions import narrow

M = TypeVar("M", Note, Task)


class AboutContacts(Resource[M]):
    """Things about contacts: who does not see the contact does not see them."""

    owner = "contact__owner"
    # What each is known by: a text or a title, not a name.
    called: Any = ""

    def first(self) -> Column:
        """Give texts the room they need."""
        return replace(super().first(), label=self.called, width="wide")

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Any]:
        """Return those about contacts a user sees."""
        seen = narrow(Contact.objects.all(), user, "contacts", "view")
        rows: QuerySet[Any] = super().rows(user, verb)
        return rows.filter(contact__in=seen.values("pk"))

    def read(self, rows: list[M]) -> None:
        """Name the contacts of a page at once."""
        names = names_of({row.contact_id for row in rows})
        for row in rows:
            row.contact_name = names.get(row.contact_id, f"#{row.contact_id}")  # type: ignore[attr-defined]

    def follow(self, row: M) -> None:
        """Go along with a contact that was merged meanwhile."""
        row.contact_id = survivor(row.contact_id) or row.contact_id

    def named(self, row: M) -> str:
        """Keep no texts in the trail, which must be forgotten with the person."""
        return ""

    def told(self, row: M) -> dict[str, Any]:
        """Keep no texts in the trail."""
        return {"contact": row.contact_id}

    def about(self, row: M) -> SafeString:
        """Lead to the contact."""
        if not hasattr(row, "contact_name"):
            self.read([row])
        return format_html(
            '<a href="{}">{}</a>', tab_of(row.contact_id), getattr(row, "contact_name", "")
        )


class PersonField(forms.CharField):
    """A contact the user sees, by email address or number."""

    def __init__(self, user: Any) -> None:
        super().__init__(
            label=gettext_lazy("Contact"),
            max_length=320,
            help_text=gettext_lazy("An email address, or a number such as #1204."),
        )
        self.user = user

    def clean(self, value: Any) -> Any:
        """Find the contact."""
        text = super().clean(value).strip()
        number = read_id(text.removeprefix("#"))
        named = Contact.objects.filter(email_key=text.lower()).order_by("pk")
        rows = Contact.objects.filter(pk=number) if number else named
        if (found := narrow(rows, self.user, "contacts", "view").first()) is None:
            raise forms.ValidationError(_("No contact of this address or number."), "not_found")
        return found


def names_of(contacts: set[int]) -> dict[int, str]:
    """Return what contacts are called."""
    people: Any = resource_of("contacts")
    found = list(Contact.objects.filter(pk__in=contacts))
    people.read(found)
    return {row.pk: people.name(row) for row in found}


def tab_of(contact: int) -> str:
    """Return where the notes and tasks of a contact stand."""
    return f"{reverse('contacts-item', args=[contact])}?tab=desk"


def asked_for(request: HttpRequest) -> str:
    """Return the contact that an address names, as a form writes it."""
    number = read_id(request.GET.get("contact"))
    return f"#{number}" if number else ""
