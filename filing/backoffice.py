"""Categories and labels on screen: `/settings/categories`."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice import deeds, toasts
from backoffice.bulk_screens import deleting
from backoffice.columns import Column, number
from backoffice.endings import Delete
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource, resource_of, resources
from backoffice.routes import register
from filing.services import folders
from kernel import filing, usage
from kernel.models import Folder
from kernel.registry import ConfigProblem

COLOURS = (
    ("1", _lazy("blue")),
    ("2", _lazy("orange")),
    ("3", _lazy("green")),
    ("4", _lazy("pink")),
    ("5", _lazy("ochre")),
)
COUNT = "SELECT count(*) FROM filing WHERE filing.folder_id = folder.id"


def kind_names() -> dict[str, Any]:
    """Return what items of each kind are called; what has no screen is not offered."""
    known = {each.filed_as: each.plural for each in resources() if each.filed_as}
    return {kind: known[kind] for kind in filing.kinds() if kind in known}


class FolderForm(forms.Form):
    """What it is, its name, its colour, and for what."""

    def __init__(self, row: Folder | None, sent: Any) -> None:
        super().__init__(sent)
        self.instance = row or Folder()
        if row is None:
            self.fields["sort"] = forms.ChoiceField(
                label=_("Type"),
                choices=[
                    (filing.CATEGORY, _("Category: an item has one")),
                    (filing.LABEL, _("Label: an item may have several")),
                ],
                widget=forms.RadioSelect,
                initial=filing.CATEGORY,
            )
        self.fields["name"] = forms.CharField(
            label=_("Name"), max_length=folders.LONGEST, initial=self.instance.name
        )
        self.fields["colour"] = forms.TypedChoiceField(
            label=_("Colour"),
            choices=[(key, _swatch(key, label)) for key, label in COLOURS],
            coerce=int,
            initial=str(self.instance.colour),
            widget=forms.RadioSelect,
        )
        self.fields["kind"] = forms.ChoiceField(
            label=_("For"),
            choices=[("", _("every kind of item")), *kind_names().items()],
            required=False,
            initial=self.instance.kind,
        )


def _swatch(key: str, label: Any) -> Any:
    chip = '<span class="chip dotted"><i class="k{}"></i>{}</span>'
    return format_html(chip, key, label)


def _shown(row: Folder) -> Any:
    return format_html('<span class="chip dotted"><i class="k{}"></i></span>', row.colour)


class Folders(Resource[Folder]):
    """What items are filed under."""

    key = kind = "categories"
    path = "settings/categories"
    model = Folder
    form = FolderForm  # type: ignore[assignment]
    item_template = "filing/folder.html"
    icon = "tags"
    label, plural = _lazy("Category or label"), _lazy("Categories and labels")
    new_label = _lazy("New category or label")
    purpose = _lazy(
        "File emails, segments, campaigns and companies under a category and labels of your own,"
        " and narrow their lists by them. People have tags."
    )
    in_settings = True
    subject = "folder"
    columns = (
        Column("sort", _lazy("Type"), lambda row: row.get_sort_display(), width="slim"),
        Column("kind", _lazy("For"), lambda row: kind_names().get(row.kind, _("every kind"))),
        Column("items", _lazy("Items"), lambda row: number(row.items), end=True, narrow=True),
        Column("updated_at", _lazy("Changed"), sort="updated_at", width="when", shown=False),
    )
    filters = (ListFilter("sort", _lazy("Type"), Folder.Sort.choices, by("sort")),)

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Folder]:
        """Count what is filed under each."""
        items = RawSQL(COUNT, [])  # noqa: S611 - a statement of ours
        return super().rows(user, verb).annotate(items=items)

    def picture(self, row: Folder) -> Any:
        """Show its colour."""
        return _shown(row)

    def head(self, request: HttpRequest, row: Folder) -> dict[str, Any]:
        """Ask what is to become of what is filed here when it is deleted."""
        return {"others": folders.others(row)}

    def form_for(self, request: HttpRequest, row: Folder | None, data: Any = None) -> Any:
        """Make the form."""
        return FolderForm(row, data)

    def save(self, form: Any, user: Any, now: datetime) -> Folder:
        """Write by the service."""
        values = dict(form.cleaned_data)
        row: Folder = form.instance
        row.sort = values.pop("sort", row.sort)
        return folders.save(row, values, now)

    def told(self, row: Folder) -> dict[str, Any]:
        """Tell what people chose."""
        return {key: getattr(row, key) for key in ("sort", "name", "kind", "colour")}

    def in_the_way(self, row: Folder) -> list[usage.Use]:
        """Nothing: who deletes it says what becomes of what is filed here."""
        return []

    def delete(self, row: Folder, now: datetime) -> None:
        """Only what nothing is filed under."""
        folders.delete(row)


class Remove(Delete):
    """Its end, after what is filed under it went where somebody said."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move or take off what is filed here, then delete it; both, or neither."""
        if then := request.POST.get("then", ""):
            row = self.item(pk, "delete", lock=True)
            try:
                folders.empty(row, then)
            except ConfigProblem as problem:
                toasts.tell(request, problem.problems[0]["message"])
                return HttpResponseRedirect(self.resource.url("item", pk))
        answer = super().post(request, pk)
        if then and Folder.objects.filter(pk=pk).exists():
            # Refused: a filter names it, and reads what is filed here.
            transaction.set_rollback(True)
        return answer


Folders.bulk = (deleting(Folders),)
WORDS = {
    "sort": _lazy("Type"),
    "kind": _lazy("For"),
    "colour": _lazy("Colour"),
    "items": _lazy("Items"),
}
deeds.names("categories", WORDS)
deeds.names("labels", WORDS)
here = Place(
    _lazy("Categories and labels"), "categories", "tags", 925, "categories", under="settings"
)
_urls = register(Folders, here, order=925)
given: dict[str, Any] = {"resource": resource_of("categories")}
urlpatterns = [
    path(
        "settings/categories/<int:pk>/delete",
        Remove.as_view(kind="categories", verb="delete", **given),
        name="categories-delete",
    ),
    *(each for each in _urls if each.name != "categories-delete"),
]
