"""Doing something to many rows: who is meant, what it needs to know, whether it is meant."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from api.paging import estimate
from backoffice import toasts, trash
from backoffice.bulk import DELETE_QUESTION, MOST_AT_ONCE, BulkAction, Selection, permitted
from backoffice.queries import ListQuery
from backoffice.resource import Resource
from backoffice.screens import Screen, leave_trail
from kernel import clock, usage
from kernel.filters import FilterProblem
from kernel.ids import read_id
from kernel.permissions import Reach
from kernel.trail import Deed


class Bulk(Screen):
    """One action of the bar of bulk actions."""

    def post(self, request: HttpRequest, action: str) -> HttpResponse:
        """Ask what must be asked in a dialog, then do it."""
        offered = permitted(self.resource.all_bulk(), self.user, self.resource.kind)
        chosen = next((each for each in offered if each.key == action), None)
        if chosen is None:
            raise Http404
        try:
            selection, widened = self._selection(chosen)
        except FilterProblem as slow:
            nobody = Selection(self.resource.rows(self.user).none(), 0)
            return self._ask(chosen, nobody, problem=slow.problems[0]["message"], status=409)
        if widened:
            message = _("A filter of this list no longer holds. Open the list again.")
            return self._ask(chosen, selection, problem=message, status=409)
        if not chosen.unlimited and selection.count > MOST_AT_ONCE:
            message = _("At most %(most)s at once. Narrow the list first.") % {"most": MOST_AT_ONCE}
            return self._ask(chosen, selection, problem=message)
        sent = request.POST.get("confirmed") == "yes"
        form = chosen.make(self.user, request.POST if sent else None, selection)
        if request.POST.get("confirmed") == "again":
            chosen.again(form, request.POST)
        if not selection.count or (chosen.asks and not sent):
            return self._ask(chosen, selection, form)
        if form is not None and not form.is_valid():
            return self._ask(chosen, selection, form, status=422)
        with transaction.atomic():
            answer = chosen.run(request, selection, form.cleaned_data if form else {})
        return answer or HttpResponse(headers={"HX-Refresh": "true"})

    def _selection(self, action: BulkAction) -> tuple[Selection, bool]:
        """Find who is meant; a filter that fell away must not turn some into everybody."""
        post, seen = self.request.POST, self.resource.rows(self.user)
        if post.get("whole") != "yes":
            ids = [number for part in post.get("ids", "").split(",") if (number := read_id(part))]
            return self._meant(action, seen.filter(pk__in=ids[:MOST_AT_ONCE])), False
        search = QueryDict(post.get("search", ""))
        query = ListQuery.read(self.resource, search, self.user)
        if query.widened:
            return Selection(seen.none(), 0), True
        with self.resource.limited(query):
            meant = self._meant(action, query.narrow(self.resource, seen), query)
            if meant.count <= MOST_AT_ONCE:
                # Found once: those counted are those it is done to.
                found = list(meant.rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
                meant = replace(meant, rows=seen.filter(pk__in=found))
        return meant, False

    def _meant(
        self, action: BulkAction, seen: QuerySet[Any], query: ListQuery | None = None
    ) -> Selection:
        if not self.resource.owner or self.user.reach(self.resource.kind, action.verb) is Reach.ALL:
            return Selection(seen, estimate(seen), search=query)
        may = self.resource.rows(self.user, action.verb)
        rows: QuerySet[Any] = seen.filter(pk__in=may.values("pk"))
        count = estimate(rows)
        return Selection(rows, count, max(estimate(seen) - count, 0), query)

    def _ask(
        self,
        action: BulkAction,
        selection: Selection,
        form: Any = None,
        status: int = 200,
        problem: str = "",
    ) -> HttpResponse:
        context = self.context(
            action=action,
            selection=selection,
            form=form,
            problem=problem,
            title=action.called(selection),
            warning=action.warning(selection),
        )
        return render(self.request, "backoffice/bulk.html", context, status=status)


def deleting(resource: type[Resource[Any]]) -> BulkAction:
    """Return the action that deletes rows, keeping those in use."""

    def run(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> None:
        here, now = resource(), clock.now()
        deleted, kept = [], 0
        for row in selection.rows.order_by("pk")[:MOST_AT_ONCE]:
            if here.refusal(row, request.user):
                kept += 1
                continue
            told, number = here.told(row), row.pk
            copy = type(row)._default_manager.get(pk=number)
            try:
                with transaction.atomic():
                    here.delete(row, now)
            except usage.InUse:
                kept += 1
                continue
            deed = Deed(here.kind, "delete", object=number, name=here.named(copy), before=told)
            leave_trail(request, deed)
            deleted.append(copy)
        done = len(deleted)
        text = ngettext("%(count)d deleted", "%(count)d deleted", done) % {"count": done}
        if kept:
            left = ngettext(
                "%(count)d kept, in use or not yours to delete",
                "%(count)d kept, in use or not yours to delete",
                kept,
            )
            text += " · " + left % {"count": kept}
        undo = trash.wrapped(here, *deleted) if here.restorable and deleted else None
        toasts.tell(request, text, undo)

    question = "" if resource.restorable else DELETE_QUESTION
    label = _lazy("Delete")
    return BulkAction("delete", label, "trash", "delete", run, None, question, danger=True)
