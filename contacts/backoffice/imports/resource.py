"""What lists and pages tell of an import."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from backoffice.columns import NOTHING, Column
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource
from backoffice.templatetags.relais import pill
from contacts.backoffice.imports.going import first_rejects, going, people, share
from contacts.models import Import
from contacts.services.imports.ending import OPEN
from contacts.services.imports.undo import may_undo


def stand(row: Import) -> SafeString:
    """Show the state, and how far it came while it runs."""
    told = pill(row.state, row.get_state_display())
    if row.state not in OPEN or not row.expected:
        return told
    words = _("%(percent)d %% read") % {"percent": share(row)}
    return format_html('{} <span class="quiet num">{}</span>', told, words)


def _figure(name: str, label: Any) -> Column:
    def value(row: Import) -> SafeString:
        return NOTHING if row.state == Import.State.DRAFT else people(row, name)

    return Column(name, label, value, end=True)


class Imports(Resource[Import]):
    """Files of contacts that came in or are on their way."""

    key = kind = "imports"
    model = Import
    icon = "file-import"
    label, plural, new_label = _("Import"), _("Imports"), _("New import")
    purpose = _("An import takes a file of contacts: CSV, TSV or XLSX, from any program.")
    owner = "owner"
    columns = (
        Column("state", _("State"), stand, narrow=True),
        Column("owner", _("By"), lambda row: row.owner),
        Column("created_at", _("When"), sort="created_at"),
        _figure("read", _("Rows")),
        _figure("created", _("New")),
        _figure("updated", pgettext("rows of a file", "Updated")),
        _figure("rejected", pgettext("rows of a file", "Refused")),
    )
    default_sort = "-created_at"
    sorts = ("name", "created_at")
    filters = (ListFilter("state", _("State"), Import.State.choices, by("state")),)
    list_template = "imports/list.html"
    item_template = "imports/item.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Import]:
        """Drafts are seen by their owners alone."""
        if verb == "delete":
            # What an import did to whom is part of their history.
            return Import.objects.none()
        rows = super().rows(user, verb)
        return rows.filter(~Q(state=Import.State.DRAFT) | Q(owner=user.pk))

    def listed(self, rows: QuerySet[Import]) -> QuerySet[Import]:
        """Fetch who sent it."""
        return rows.select_related("owner")

    def state(self, row: Import) -> SafeString:
        """Show the state."""
        return pill(row.state, row.get_state_display())

    def told(self, row: Import) -> dict[str, Any]:
        """Keep what was asked for, no figures."""
        return {"name": row.name, "state": row.state, "options": row.options}

    def page(self, request: HttpRequest, row: Import) -> dict[str, Any]:
        """Tell how it goes, and what it was told to do."""
        mine = self.rows(request.user, "edit").filter(pk=row.pk).exists()
        user: Any = request.user
        return {
            **going(row),
            "rejects": first_rejects(row),
            "stoppable": mine,
            "undoable": mine and may_undo(row, user),
        }

    @property
    def urls(self) -> dict[str, str]:
        """A new one begins with a file, not with a form."""
        return super().urls | {"new": self.url("new")}
