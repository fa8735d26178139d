"""The bulk action that exports what a list shows, or the rows ticked."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.lists import shown_columns
from backoffice.resource import Resource
from backoffice.screens import leave_trail
from contacts.models import Export
from contacts.services.exports.start import Wanted, queue, told
from kernel import clock
from kernel.queues import hint_on_commit
from kernel.registry import ConfigProblem
from kernel.sources import Chosen, sources
from kernel.trail import Deed

ALL, SHOWN = "all", "shown"
# Columns of lists that bear another name than what they show.
SAME = {"activity": "activity_rank", "last_active": "last_active_at", "created": "created_at"}


class ExportForm(forms.Form):
    """How the rows are written."""

    format = forms.ChoiceField(
        label=_lazy("Format"), choices=Export.Format.choices, widget=forms.RadioSelect
    )
    columns = forms.ChoiceField(
        label=_lazy("Columns"),
        choices=[(ALL, _lazy("every field")), (SHOWN, _lazy("those the list shows"))],
        widget=forms.RadioSelect,
        help_text=_lazy("The file is yours alone, and is deleted after 24 hours."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"format": Export.Format.CSV, "columns": ALL})


@dataclass(frozen=True)
class Exporting:
    """What of a list goes into a file: its source, and the columns that stand for its first."""

    resource: type[Resource[Any]]
    source: str
    first: tuple[str, ...]

    def __call__(
        self, request: HttpRequest, selection: Selection, settings: dict[str, Any]
    ) -> None:
        """Queue it, and lead to where it can be fetched."""
        keys = self._columns(request) if settings["columns"] == SHOWN else ()
        chosen = self._chosen(selection, keys)
        wanted = Wanted(self.source, chosen, settings["format"], selection.count)
        try:
            row = queue(request.user, wanted, clock.now())
        except ConfigProblem as problem:
            toasts.tell(request, problem.problems[0]["message"])
            return
        hint_on_commit("kernel.jobs")
        leave_trail(request, Deed("exports", "create", object=row.pk, after=told(row)))
        words = ngettext("Exporting %(count)s row.", "Exporting %(count)s rows.", selection.count)
        text = words % {"count": selection.shown}
        link = '{} <a href="{}">{}</a>'
        toasts.tell(request, format_html(link, text, reverse("exports"), _("See how far it is")))

    def _chosen(self, selection: Selection, keys: tuple[str, ...]) -> Chosen:
        if selection.search is None:
            ids = selection.rows.order_by("pk").values_list("pk", flat=True)
            return Chosen(ids=list(ids[:MOST_AT_ONCE]), columns=keys)
        search = {"text": selection.search.text, "answers": dict(selection.search.filters)}
        return Chosen(search=search, columns=keys)

    def _columns(self, request: HttpRequest) -> tuple[str, ...]:
        resource, source = self.resource(), sources.get(self.source)
        known = {column.key for column in source().columns()} if source else set()
        seen = request.POST.get("shown")
        columns = shown_columns(resource, request.user, chosen=seen.split(",") if seen else None)
        shown = [field_of(column.key) for column in columns]
        return tuple(dict.fromkeys([*self.first, *(key for key in shown if key in known)]))


def field_of(column: str) -> str:
    """Return what a column of a list is called in files."""
    return SAME.get(column, column.removeprefix("field."))


def action(resource: type[Resource[Any]], source: str, first: tuple[str, ...]) -> BulkAction:
    """Return the action for a list."""
    run = Exporting(resource, source, first)
    label = _lazy("Export")
    return BulkAction("export", label, "download", "export", run, ExportForm, unlimited=True)
