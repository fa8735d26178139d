"""The list of a resource: search, filters, views, columns, pages."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from api.paging import estimate
from backoffice import filed, toasts
from backoffice.bulk import in_words, permitted
from backoffice.columns import Column
from backoffice.models import SavedView, UserChoice
from backoffice.queries import ListQuery
from backoffice.resource import Resource
from backoffice.screens import Screen
from kernel.filters import FilterProblem
from kernel.ids import read_id

LONGEST_NAME, LONGEST_SEARCH = 60, 8_000


def shown_columns(
    resource: Resource[Any], user: Any, every: Sequence[Column] | None = None
) -> list[Column]:
    """Return the columns a user has chosen for a list, or those it shows at first."""
    every = resource.all_columns() if every is None else every
    chosen = UserChoice.get(user, f"columns.{resource.key}")
    return [
        column
        for column in every
        if (column.key in chosen if isinstance(chosen, list) else column.shown)
    ]


class List(Screen):
    """The rows a user sees, as they look for them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or the table alone where only that is exchanged."""
        query = ListQuery.read(self.resource, request.GET, self.user)
        self.every = self.resource.all_columns()
        self.columns = shown_columns(self.resource, self.user, self.every)
        asked = request.headers.get("HX-Target") == "list"
        part = asked and "HX-History-Restore-Request" not in request.headers
        template = "backoffice/table.html" if part else self.resource.list_template
        around = self.resource.around(request, query)
        shown = {**self._found(query), **self._bar(query), **around}
        answer = render(request, template, self.context(**shown))
        patch_vary_headers(answer, ["HX-Target", "HX-History-Restore-Request"])
        return answer

    def _found(self, query: ListQuery) -> dict[str, Any]:
        """Read the rows; what takes too long says so in their place."""
        try:
            with self.resource.limited(query):
                return self._table(query)
        except FilterProblem as slow:
            return {"query": query, "narrowed": True, "refused": slow.problems[0]["message"]}

    def _table(self, query: ListQuery) -> dict[str, Any]:
        resource = self.resource
        rows = query.narrow(resource, resource.rows(self.user))
        page = query.page(resource, resource.listed(rows))
        resource.read(page.rows)
        resource.attach(page.rows)
        filed.attach(resource.filed_as, page.rows)
        columns = self.columns
        total = estimate(rows)
        places = (*query.places, query.cursor or "first")
        back = query.places[-1:]
        newer = query.at("" if back == ("first",) else "".join(back), query.places[:-1])
        return {
            "first": resource.first(),
            "columns": columns,
            "heads": [self._head(column, query) for column in (resource.first(), *columns)],
            "rows": [(self._shown(row), self._cells(row, columns)) for row in page.rows],
            "query": query,
            "total": total,
            "shown_total": in_words(total),
            "older": query.at(page.next, places) if page.next else None,
            "newer": newer if back else None,
            "bulk": (bulk := permitted(resource.all_bulk(), self.user, resource.kind)),
            "bulk_more": [action for action in bulk if action.rare],
            "narrowed": bool(query.text or query.filters),
            "came": f"?{urlencode({'in': query.search()})}" if resource.walked else "",
        }

    def _shown(self, row: Any) -> Any:
        row.shown_name = self.resource.name(row)
        row.shown_url = self.resource.url("item", row.pk)
        row.shown_picture = self.resource.picture(row)
        row.shown_beside = self.resource.beside(row)
        row.shown_under = self.resource.under(row)
        return row

    def _cells(self, row: Any, columns: list[Column]) -> list[tuple[Column, Any]]:
        return [(column, column.cell(row)) for column in columns]

    def _bar(self, query: ListQuery) -> dict[str, Any]:
        views = list(SavedView.of(self.user, self.resource.key))
        search = query.search()
        at = next((view for view in views if str(view.pk) == self.request.GET.get("view")), None)
        chosen = {column.key for column in self.columns}
        return {
            "views": views,
            "view": at,
            "changed": at is not None and at.query != search,
            "removable": at is not None
            and SavedView.removable(self.user, self.resource.key).filter(pk=at.pk).exists(),
            "search": search,
            "tokens": query.tokens(self.resource, self.user),
            "filters": [
                (each, each.offered(self.user), query.filters.get(each.key, ""))
                for each in self.resource.all_filters()
            ],
            "hints": self.resource.hints(self.every),
            "choosable": [(column, column.key in chosen) for column in self.every],
        }

    def _head(self, column: Column, query: ListQuery) -> dict[str, Any]:
        now = query.sort or self.resource.default_sort
        order = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(now, "")
        return {
            "column": column,
            "url": query.sorted_by(column.sort, self.resource.default_sort) if column.sort else "",
            "order": order if column.sort else "",
        }


class Columns(Screen):
    """Which columns a user wants."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember them."""
        known = [column.key for column in self.resource.all_columns()]
        chosen = [key for key in known if key in request.POST.getlist("columns")]
        UserChoice.put(self.user, f"columns.{self.resource.key}", chosen)
        return HttpResponseRedirect(f"{self.resource.url()}?{_searched(request)}".rstrip("?"))


class Views(Screen):
    """Saving a search under a name."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep a new view, or what a view of one's own shows now."""
        search = _searched(request)
        mine = SavedView.objects.filter(user_id=self.user.pk, list=self.resource.key)
        view = mine.filter(pk=read_id(request.POST.get("view")) or 0).first()
        if view is None:
            name = request.POST.get("name", "").replace("\0", "").strip()[:LONGEST_NAME]
            view = SavedView(user_id=self.user.pk, list=self.resource.key, name=name or _("View"))
            view.shared = request.POST.get("shared") == "on"
        if len(search) > LONGEST_SEARCH:
            # Cut off, its filter would fall away and the view show everybody.
            toasts.tell(request, _("This search is too long to be kept."))
            return HttpResponseRedirect(self.resource.url())
        view.query = search
        view.save()
        toasts.tell(request, _("View “%(name)s” saved") % {"name": view.name})
        return HttpResponseRedirect(f"{self.resource.url()}?{view.query}&view={view.pk}")


class ViewGone(Screen):
    """Forgetting a view of one's own, or as keeper of the workspace one that is shared."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete it; the rows it showed stay."""
        SavedView.removable(self.user, self.resource.key).filter(pk=pk).delete()
        return HttpResponseRedirect(self.resource.url())


def _searched(request: HttpRequest) -> str:
    """Return the search a form carries, without its place."""
    return request.POST.get("search", "").replace("\r", "").replace("\n", "").replace("\0", "")
