"""Notes: written on the page of a contact, found in the palette, changed on pages of their own."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from backoffice.bulk_screens import deleting
from backoffice.columns import Column
from backoffice.narrowing import ListFilter, by
from backoffice.routes import register
from contacts.values import checked
from desk.backoffice.about import AboutContacts, PersonField, asked_for
from desk.models import Note
from desk.services import checking
from desk.words import NoteKind


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    """What it is about, and the text; a new one says about whom."""

    class Meta:
        model = Note
        fields = ("kind", "text", "pinned")
        widgets = {"text": forms.Textarea({"rows": 6})}
        help_texts = {"pinned": _("Stands above the other notes.")}

    def __init__(self, user: Any, about: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["contact"] = PersonField(user)
            self.initial["contact"] = about
            self.order_fields(["contact"])

    def clean_text(self) -> str:
        """Check it as everywhere."""
        return checked(checking.text, self.cleaned_data["text"], required=True)


class Notes(AboutContacts[Note]):
    """What colleagues wrote about people."""

    key = kind = "notes"
    model = Note
    form = NoteForm
    icon = "note"
    label, plural, new_label = _("Note"), _("Notes"), _("New note")
    purpose = _("What you learned about somebody: on the phone, at a fair, from a colleague.")
    called = _("Text")
    search = ("text",)
    columns = (
        Column("contact", _("Contact"), lambda row: Notes().about(row), narrow=True),
        Column("kind", _("Kind"), lambda row: NoteKind(row.kind).label, width="slim"),
        Column("author", _("Author"), lambda row: row.author and str(row.author)),
        Column("created_at", _("Written"), sort="created_at", width="when"),
    )
    sorts = ("created_at",)
    default_sort = "-created_at"
    filters = (ListFilter("kind", _("Kind"), NoteKind.choices, by("kind")),)
    restorable = True

    def listed(self, rows: QuerySet[Note]) -> QuerySet[Note]:
        """Read the authors along."""
        return rows.select_related("author")

    def name(self, row: Note) -> str:
        """Return how it begins."""
        return Truncator(" ".join(row.text.split())).chars(80) or f"#{row.pk}"

    def details(self, row: Note) -> list[tuple[Any, Any]]:
        """Tell all of it."""
        return [(_("Text"), row.text), *super().details(row)]

    def form_for(self, request: HttpRequest, row: Note | None, data: Any = None) -> Any:
        """Make the form; the address may name the contact."""
        return NoteForm(request.user, asked_for(request), data, instance=row)

    def save(self, form: Any, user: Any, now: datetime) -> Note:
        """Sign a new one."""
        if form.instance.pk is None:
            form.instance.author = user
            form.instance.contact = form.cleaned_data["contact"]
        return super().save(form, user, now)


Notes.bulk = (deleting(Notes),)
urlpatterns = register(Notes, order=245)
