"""What lists and pages tell of an import."""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from backoffice.columns import NOTHING, Column
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource
from backoffice.templatetags.relais import pill
from contacts.backoffice.coming_in import import_url
from contacts.backoffice.imports.going import behind, first_rejects, going, people, share
from contacts.models import Import
from contacts.services.imports.ending import OPEN
from contacts.services.imports.objects import COMPANY, CONTACT, of
from contacts.services.imports.resuming import may_resume
from contacts.services.imports.undo import may_undo
from kernel.permissions import Reach

OBJECTS = {CONTACT: _("Contacts"), COMPANY: _("Companies")}


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


def _following(row: Import, user: Any) -> dict[str, str]:
    """Return where one goes on from an import that has ended: to its people, to the next file."""
    if row.state in {*OPEN, Import.State.UNDOING, Import.State.DRAFT}:
        return {}
    found = {}
    met = row.state != Import.State.UNDONE and (row.created or row.updated or row.unchanged)
    kind = of(row)
    if met and user.reach(kind.rights, "view") is not Reach.NONE:
        found[kind.rights] = behind(row, "read")
        if kind.key == CONTACT and user.reach("segments", "create") is not Reach.NONE:
            found["segment"] = behind(row, "read", reverse("segments-new"))
    if url := import_url(user, kind.key):
        found["another"] = url
    return found


def _of(rows: QuerySet[Import], value: str) -> QuerySet[Import]:
    companies = Q(options__object=COMPANY)
    # Where nothing is said, they are contacts.
    others = ~companies | Q(options__object__isnull=True)
    return rows.filter(companies if value == COMPANY else others)


class Imports(Resource[Import]):
    """Files of contacts that came in or are on their way."""

    key = kind = "imports"
    model = Import
    icon = "file-import"
    label, plural, new_label = _("Import"), _("Imports"), _("New import")
    purpose = _("An import takes a file of contacts or companies: CSV, TSV, XLSX.")
    owner = "owner"
    columns = (
        Column("state", _("State"), stand, narrow=True, width="tags"),
        Column("object", _("Of"), lambda row: OBJECTS[of(row).key], width="slim"),
        Column("owner", _("By"), lambda row: row.owner, width="slim"),
        Column("created_at", _("When"), sort="created_at", width="when"),
        _figure("read", _("Rows")),
        _figure("created", _("New")),
        _figure("updated", pgettext("rows of a file", "Updated")),
        _figure("rejected", pgettext("rows of a file", "Refused")),
    )
    default_sort = "-created_at"
    sorts = ("name", "created_at")
    filters = (
        ListFilter("state", _("State"), Import.State.choices, by("state")),
        ListFilter("of", _("Of"), tuple(OBJECTS.items()), _of),
    )
    list_template = "imports/list.html"
    item_template = "imports/item.html"

    def first(self) -> Column:
        """Give names of files the room they need."""
        return replace(super().first(), width="wide")

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
            "unplaced": first_rejects(row, written=True) if row.unplaced else [],
            "following": _following(row, user),
            "stoppable": mine,
            "resumable": mine and may_resume(row, user),
            "undoable": mine and may_undo(row, user),
        }

    @property
    def urls(self) -> dict[str, str]:
        """A new one begins with a file, not with a form."""
        return super().urls | {"new": self.url("new")}
