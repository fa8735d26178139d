"""The declaration of segments on screen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.bulk_screens import deleting
from backoffice.columns import Column, number
from backoffice.menu import Place
from backoffice.moments import ago
from backoffice.narrowing import ListFilter, by, mine, telling_whose
from backoffice.queries import ListQuery
from backoffice.resource import Resource
from backoffice.templatetags.relais import pill
from kernel import clock, usage
from kernel.queues import hint_on_commit
from segments.backoffice import people, ready
from segments.backoffice.forms import SegmentForm
from segments.backoffice.ready import portrait
from segments.models import Segment
from segments.services import editing
from segments.services.growth import lately, seen_of

YES = "yes"


def state_pill(row: Segment) -> SafeString | str:
    """Tell whether its members are those of the filter."""
    return pill(row.state, row.get_state_display()) if row.is_dynamic else ""


class Segments(Resource[Segment]):
    """Groups of people, by a filter or by hand."""

    key = kind = "segments"
    model = Segment
    form = SegmentForm
    icon = "users-group"
    label, plural, new_label = _lazy("Segment"), _lazy("Segments"), _lazy("New segment")
    purpose = _lazy("A segment is a question about people. Its members follow every change.")
    owner = "owner"
    subject = "segment"
    search = ("name", "description")
    columns = (
        Column("kind", _lazy("Members by"), lambda row: _kind(row), width="slim"),
        Column("state", _lazy("State"), state_pill, width="mid"),
        Column(
            "shown_members",
            _lazy("Members"),
            lambda row: row.shown_members,
            sort="shown_members",
            end=True,
            narrow=True,
        ),
        Column("lately", _lazy("7 days"), lambda row: _grown(row), end=True),
        Column("named_by", _lazy("Used by"), lambda row: getattr(row, "named_by", None), end=True),
        Column("built_at", _lazy("Built"), sort="built_at", width="slim"),
        Column("updated_at", _lazy("Changed"), sort="updated_at", width="slim"),
    )
    filters = (
        ListFilter("state", _lazy("State"), Segment.State.choices, by("state")),
        ListFilter(
            "static",
            _lazy("Members by"),
            (("no", _lazy("filter")), (YES, _lazy("hand"))),
            lambda rows, value: rows.filter(filter__isnull=value == YES),
        ),
        ListFilter(
            "persona",
            _lazy("Persona"),
            ((YES, _lazy("yes")), ("no", _lazy("no"))),
            lambda rows, value: rows.filter(persona=value == YES),
        ),
        mine(),
    )
    default_sort = "name"
    item_template = "segments/segment.html"
    list_template = "segments/list.html"
    form_template = "segments/form.html"
    place: ClassVar[Place] = Place(
        plural, "segments", "users-group", 210, "segments", under="contacts"
    )

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Segment]:
        """Count, beside each, the members that this user sees."""
        rows = super().rows(user, verb)
        counted: QuerySet[Segment] = rows.counted_for(user)  # type: ignore[attr-defined]
        return telling_whose(counted, user)

    def attach(self, rows: list[Segment]) -> None:
        """Say of each how it grew lately, and how many things name it."""
        ids = [row.pk for row in rows]
        owner = getattr(rows[0], "seen_of", None) if rows else None
        grown = lately(ids, clock.now(), seen=seen_of(owner)) or {}
        uses = usage.counted(self.subject, ids)
        for row in rows:
            vars(row).update(lately=grown.get(row.pk), named_by=uses[row.pk])

    def picture(self, row: Segment) -> Any:
        """Show the portrait of a persona."""
        return portrait(row)

    def around(self, request: HttpRequest, query: ListQuery) -> dict[str, Any]:
        """Offer what is ready-made where there is nothing yet."""
        return {"ready": ready.offered(request.user)}

    def beside(self, row: Segment) -> str:
        """Show what it is for beside its name."""
        return row.description

    def state(self, row: Segment) -> Any:
        """Tell whether it is up to date."""
        return state_pill(row)

    def facts(self, row: Segment) -> Any:
        """Tell how it is kept, and how many things name it."""
        uses = len(self.uses(row))
        parts = [_kind(row)]
        if row.is_dynamic and row.built_at:
            parts.append(_("built %(ago)s") % {"ago": ago(row.built_at)})
        parts.append(_("used by %(count)s") % {"count": uses} if uses else _("used by nothing"))
        return " · ".join(parts)

    def page(self, request: HttpRequest, row: Segment) -> dict[str, Any]:
        """List the members."""
        return people.members(request, row)

    def form_for(self, request: HttpRequest, row: Segment | None, data: Any = None) -> SegmentForm:
        """Check filters with the rights of who writes them."""
        form = SegmentForm(data, instance=row, user=request.user)
        form.ready = [] if row else ready.offered(request.user)
        form.finals = _finals(row, request.user) if row else []
        if row is None and data is None and (text := request.GET.get("filter", "")):
            # What a list of contacts was searched for; it is checked when it is saved.
            form.start_with(text)
        return form

    def save(self, form: Any, user: Any, now: datetime) -> Segment:
        """Create or change it; a worker builds it at once."""
        values = form.values()
        if form.instance.pk:
            segment = editing.edit(form.instance, values, user=user, now=now)
        else:
            segment = editing.create(values | {"owner": user}, user=user, now=now)
        hint_on_commit("kernel.jobs")
        return segment

    def delete(self, row: Segment, now: datetime) -> None:
        """Delete it unless something names it."""
        editing.delete(row, now)

    def told(self, row: Segment) -> Mapping[str, Any]:
        """Compare what people edit."""
        told = ("name", "description", "persona", "portrait", "story", "filter")
        return {name: getattr(row, name) for name in told}


def _grown(row: Segment) -> str | None:
    """Say by how many it grew, with its sign; nothing where that is not known."""
    grown: int | None = getattr(row, "lately", None)
    if grown is None:
        return None
    sign = "+" if grown > 0 else "\N{MINUS SIGN}" if grown < 0 else ""
    return f"{sign}{number(abs(grown))}"


def _kind(row: Segment) -> str:
    return str(_("by filter") if row.is_dynamic else _("by hand"))


Segments.bulk = (deleting(Segments),)


def _finals(row: Segment, user: Any) -> list[str]:
    """Name what deletes whoever becomes a member; what the user may not see has no name."""
    uses = [use for use in usage.used_by("segment", row.pk) if use.final]
    shown, hidden = usage.seen(uses, user)
    return [use.name for use in shown] + [_("another campaign")] * bool(hidden)
