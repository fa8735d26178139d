"""One declaration gives an app's things their list, page, form, history and bulk actions.

    # stages/backoffice.py
    class Stages(Resource[Stage]):
        key = kind = "stages"
        model = Stage
        form = StageForm
        icon = "stairs-up"
        label, plural = _("Stage"), _("Stages")
        purpose = _("A stage says how far somebody has come.")
        search = ("name",)
        columns = (Column("weight", _("Order"), sort="weight", end=True),)

    here = Place(_("Stages"), "stages", "stairs-up", 630, "stages", under="points")
    urlpatterns = register(Stages, here, order=630)

Addresses: `/stages`, `/stages/new`, `/stages/7`, `/stages/7/edit`, named `stages`, `stages-new`,
`stages-item`, `stages-edit`. What may be declared stands in `backoffice.declaration`. Override
hooks to call services, and the templates to look different. Tests inherit
`tests.resource_contract.ResourceContract`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.forms import ModelForm, model_to_dict
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import filed
from backoffice.bulk import BulkAction
from backoffice.columns import Column
from backoffice.declaration import Declaration, M
from backoffice.narrowing import ListFilter, Typed
from kernel import filing, usage
from kernel.permissions import narrow
from kernel.trail import Told, history

if TYPE_CHECKING:
    from backoffice.queries import ListQuery


class Resource(Declaration[M]):
    """A kind of thing with screens. What is declared is all that most of them need."""

    def rows(self, user: Any, verb: str = "view") -> QuerySet[M]:
        """Return what a user may see, or do something with."""
        rows: QuerySet[M] = self.model._default_manager.all()
        return narrow(rows, user, self.kind, self.right(verb), self.owner)

    def listed(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Add what the columns show, without a query a row."""
        return rows

    def read(self, rows: list[M]) -> None:
        """Give the rows of one page what their names need, in one statement for all of them.

        Rows that are gone by then may be taken off the list.
        """

    def attach(self, rows: list[M]) -> None:
        """Give the rows of one page figures and the like, in one statement for all of them."""

    def every_column(self) -> Sequence[Column]:
        """Return the columns that may be chosen; those of the class, unless some are data."""
        return self.columns

    @property
    def filed_as(self) -> str:
        """Return under which kind its rows are filed; empty: they are not."""
        return filing.kind_of(self.model)

    def all_columns(self) -> Sequence[Column]:
        """Return every column, that of categories and labels included."""
        return [*self.every_column(), *filed.columns(self.filed_as)]

    def all_filters(self) -> Sequence[ListFilter]:
        """Return every filter, those of categories and labels included."""
        return [*self.filters, *filed.filters(self.filed_as)]

    def all_bulk(self) -> Sequence[BulkAction]:
        """Return every bulk action; what is dangerous stands last."""
        filing_too = filed.bulk(self.filed_as, self.right("edit"))
        place = next((n for n, each in enumerate(self.bulk) if each.danger), len(self.bulk))
        return [*self.bulk[:place], *filing_too, *self.bulk[place:]]

    def typed(self, text: str, user: Any) -> Typed:
        """Take filters such as `tag:vip` out of what was typed."""
        return Typed(text)

    def hints(self, columns: Sequence[Column]) -> Sequence[tuple[str, Any]]:
        """Return what may be typed into the search beside words, each with what it means."""
        return ()

    def limited(self, query: "ListQuery") -> AbstractContextManager[None]:
        """Bound how long a search of the list may take; `FilterProblem` where it takes longer."""
        return nullcontext()

    def found(self, rows: QuerySet[M], text: str) -> QuerySet[M]:
        """Keep what a text finds."""
        wanted = Q()
        for column in self.search:
            wanted |= Q(**{f"{column}__icontains": text})
        return rows.filter(wanted)

    def became(self, number: int) -> int | None:
        """Return which row goes on in the place of one that is gone, such as a merged one."""
        return None

    def name(self, row: M) -> str:
        """What the row is called."""
        return str(getattr(row, "name", row)) or f"{self.label} {row.pk}"

    def beside(self, row: M) -> Any:
        """Return a second fact that stands grey beside the name in lists."""
        return ""

    def under(self, row: M) -> Any:
        """Return what small screens show under the name in lists."""
        return ""

    def picture(self, row: M) -> Any:
        """Return what stands before the name in lists, such as an avatar."""
        return ""

    def state(self, row: M) -> Any:
        """Return the pill after its name on its page."""
        return ""

    def facts(self, row: M) -> Any:
        """Return the grey line under its name on its page."""
        return ""

    def first_tab(self, row: M) -> Any:
        """Return what the first tab of its page is called: what one comes for."""
        return gettext_lazy("Overview")

    def details(self, row: M) -> Sequence[tuple[Any, Any]]:
        """Return label and value of each thing its page tells; the columns, unless overridden."""
        return [(column.label, column.cell(row)) for column in self.columns]

    def head(self, request: HttpRequest, row: M) -> dict[str, Any]:
        """Add to the context of every tab of its page, for what stands in its head."""
        return {}

    def around(self, request: HttpRequest, query: "ListQuery") -> dict[str, Any]:
        """Add to the context of its list, for what stands around the rows."""
        return {}

    def page(self, request: HttpRequest, row: M) -> dict[str, Any]:
        """Add to the context of the first tab of its page."""
        return {}

    def form_for(self, request: HttpRequest, row: M | None, data: Any = None) -> "ModelForm[Any]":
        """Make the form of a new row, or of one."""
        if self.form is None:
            raise NotImplementedError(f"{self.key} has no form")
        return self.form(data, instance=row)

    def save(self, form: "ModelForm[Any]", user: Any, now: datetime) -> M:
        """Store what a valid form holds; override to call a service.

        `ConfigProblem` becomes mistakes of the form.
        """
        row: M = form.save(commit=False)
        if row.pk is None and self.owner == "owner" and not getattr(row, "owner_id", None):
            row.owner_id = user.pk  # type: ignore[attr-defined]
        if row.pk is not None and hasattr(row, "version"):
            row.version += 1
        if hasattr(row, "updated_at"):
            row.updated_at = now
        row.save()
        form.save_m2m()
        return row

    def version(self, row: M) -> str:
        """Return what a form carries of the row it was read from; empty: whoever is last wins."""
        return str(getattr(row, "version", ""))

    def refusal(self, row: M, user: Any) -> str:
        """Say why this user cannot delete it, if that is so."""
        return ""

    def in_the_way(self, row: M) -> list[usage.Use]:
        """Return what must let go of it before it can be deleted, looked up once a page."""
        return self.uses(row)

    def typed_to_delete(self, row: M) -> Sequence[str]:
        """Return the words one of which must be typed before it is deleted; none: a press will do.

        For what can be neither taken back nor made again.
        """
        return ()

    def farewell(self, pk: int, name: str) -> str:
        """Say that one was deleted."""
        return _("“%(name)s” deleted") % {"name": name}

    def hold(self, pk: int) -> None:
        """Take the locks that deleting it needs before the row's own."""

    def delete(self, row: M, now: datetime) -> None:
        """Remove it; raises `kernel.usage.InUse` where others name it."""
        if self.subject:
            usage.refuse_if_used(self.subject, row.pk)
        row.delete()

    def follow(self, row: M) -> None:
        """Point a deleted row that comes back to what became of what it hung on."""

    def told(self, row: M) -> Mapping[str, Any]:
        """Return the values that the audit trail compares."""
        return model_to_dict(row)

    def named(self, row: M) -> str:
        """What the audit trail calls the row."""
        return self.name(row)

    def history(self, row: M, most: int, user: Any) -> list[Told]:
        """Return what was done to it, the latest first, in words people use for its values.

        `user` reads it: what is beyond their reach is not named.
        """
        return history(self.kind, row.pk, most)

    def why_deleted(self, request: HttpRequest) -> Mapping[str, Any]:
        """Return what the audit trail keeps of a deletion, such as a reason that was asked for.

        `ValidationError` says what is missing, and keeps the row.
        """
        return {}

    def news(self, row: M, *, made: bool) -> str:
        """Say what was just done, after its form."""
        return _("“%(name)s” saved") % {"name": self.name(row)}

    def uses(self, row: M) -> list[usage.Use]:
        """Return who names it, looked up once a page."""
        known: list[usage.Use] | None = getattr(row, "known_uses", None)
        if known is None:
            known = list(usage.used_by(self.subject, row.pk)) if self.subject else []
            row.known_uses = known  # type: ignore[attr-defined]
        return known


_resources: dict[str, Resource[Any]] = {}


def keep(resource: Resource[Any]) -> None:
    """Remember a resource under its key."""
    _resources[resource.key] = resource


def resource_of(key: str) -> Resource[Any]:
    """Return a registered resource."""
    return _resources[key]


def called(use: usage.Use) -> str:
    """Say what people call something that names another thing: `Segment “French”`."""
    label = next((str(each.label) for each in resources() if each.subject == use.kind), "")
    words = {"label": label, "name": use.name}
    return _("%(label)s “%(name)s”") % words if label else f"“{use.name}”"


def resources() -> Sequence[Resource[Any]]:
    """Return all of them."""
    return list(_resources.values())
