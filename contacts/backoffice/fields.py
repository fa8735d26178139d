"""Custom fields on screen: defined, changed, deleted with what is lost said."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.columns import Column, number
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from backoffice.screens import Screen
from contacts.backoffice.defining import FieldForm
from contacts.models import Field
from contacts.models.field import FieldType
from contacts.services import fields
from contacts.services.fields import losing, naming
from contacts.values import ValueProblem

MARKS = {
    "required": _lazy("required"),
    "unique": _lazy("unique"),
    "indexed": _lazy("indexed"),
    "public": _lazy("publicly updatable"),
    "listed": _lazy("shown in the list"),
    "sensitive": _lazy("sensitive"),
}


def _marks(row: Field) -> list[str]:
    return [str(label) for name, label in MARKS.items() if getattr(row, name)]


_IN = {"en": _lazy("Label in English"), "fr": _lazy("Label in French")}


class Fields(Resource[Field]):
    """What contacts and companies have beside the core fields."""

    key = kind = "fields"
    path = "settings/fields"
    model = Field
    form = FieldForm  # type: ignore[assignment]
    icon = "forms"
    label, plural, new_label = _lazy("Field"), _lazy("Fields"), _lazy("New field")
    purpose = _lazy("A field keeps something you know about people that is not here yet.")
    in_settings = True
    subject = "field"
    search = ("label", "alias")
    columns = (
        Column("object", _lazy("Of"), lambda row: row.get_object_display()),
        Column("type", _lazy("Type"), lambda row: row.get_type_display(), narrow=True),
        Column("alias", _lazy("Alias"), sort="alias"),
        Column("group", _lazy("Group")),
        Column("marks", _lazy("Marks"), _marks, width="wide"),
        Column("order", _lazy("Order"), sort="order", end=True, shown=False),
    )
    filters = (
        ListFilter("object", _lazy("Of"), Field.Object.choices, by("object")),
        ListFilter("type", _lazy("Type"), FieldType.choices, by("type")),
    )
    sorts = ("label",)
    default_sort = "order"
    item_template = "contacts/field.html"
    form_template = "contacts/fieldform.html"

    def name(self, row: Field) -> str:
        """Return its label."""
        return row.label

    def first(self) -> Column:
        """Order by label."""
        return Column("label", _lazy("Label"), sort="label", narrow=True)

    def details(self, row: Field) -> list[tuple[Any, Any]]:
        """Tell the whole definition."""
        told = list(super().details(row))
        told += [(_IN.get(code, code), label) for code, label in row.labels.items()]
        options = [str(option["label"]) for option in row.options]
        told.append((_("Choices"), ", ".join(options) or "\N{EN DASH}"))
        told.append((_("Help text"), row.help_text or "\N{EN DASH}"))
        return told

    def form_for(self, request: HttpRequest, row: Field | None, data: Any = None) -> Any:
        """Make the form; type and alias are asked once."""
        return FieldForm(row, data)

    def save(self, form: Any, user: Any, now: datetime) -> Field:
        """Store it by the service, which checks everything at once."""
        if form.row is None:
            return fields.create(form.values, now)
        return fields.change(form.row, form.values, now)

    def delete(self, row: Field, now: datetime) -> None:
        """Delete it with its values, unless something names it."""
        fields.delete(row, now)


class Suggestion(Screen):
    """The alias that a label would get."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say it."""
        label = request.GET.get("label", "").replace("\0", "")[:120]
        kind = request.GET.get("object", Field.Object.CONTACT)
        alias = ""
        if label.strip() and kind in Field.Object.values:
            try:
                alias = naming.alias_from(label, kind)
            except (ValueProblem, StopIteration):
                alias = ""
        return render(request, "contacts/alias.html", {"alias": alias})


class Lost(Screen):
    """What would be lost with a field."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Count whose values go."""
        row = self.item(pk)
        fields.refuse_hidden(row)
        count, exact = losing.values_of(row)
        shown = number(count) if exact else f"{number(count)}+"
        return render(request, "contacts/lost.html", {"count": count, "shown": shown, "row": row})


urlpatterns = register(
    Fields, Place(_lazy("Fields"), "fields", "forms", 920, "fields", under="settings"), order=920
)
given: dict[str, Any] = {"resource": resource_of("fields"), "kind": "fields"}
urlpatterns += [
    path("settings/fields/alias", Suggestion.as_view(**given), name="fields-alias"),
    path("settings/fields/<int:pk>/lost", Lost.as_view(**given), name="fields-lost"),
]
