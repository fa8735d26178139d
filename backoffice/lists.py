"""The list of a resource: search, filters, columns, pages."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from api.paging import estimate
from backoffice import filed
from backoffice.bulk import in_words, permitted
from backoffice.columns import Column
from backoffice.models import SavedView, UserChoice
from backoffice.queries import CONDITIONS, ListQuery
from backoffice.resource import Resource
from backoffice.screens import Screen
from kernel import documents, masking, secrecy
from kernel.filters import FilterProblem
from kernel.ids import read_id

COLUMNS = "columns"
# A word with a colon: a field that is asked for in the search.
TYPED = re.compile(r"(?<!\S)-?([A-Za-z_]\w*):")


def shown_columns(
    resource: Resource[Any],
    user: Any,
    every: Sequence[Column] | None = None,
    chosen: Sequence[str] | None = None,
) -> list[Column]:
    """Return the columns that are `chosen`, else by this user, else those it shows at first."""
    every = resource.all_columns() if every is None else every
    if chosen is None:
        chosen = UserChoice.get(user, f"columns.{resource.key}")
    return [
        column
        for column in every
        if (column.key in chosen if isinstance(chosen, list) else column.shown)
    ]


def _views(user: Any, resource: Resource[Any]) -> list[SavedView]:
    """Return the views of a list that a user sees.

    Others' that ask about what is kept from the user are left out; their own they have written.
    """
    found = list(SavedView.of(user, resource.key))
    if CONDITIONS not in {each.key for each in resource.all_filters()}:
        return found
    return [one for one in found if one.user_id == user.pk or not _asks_hidden(one.query)]


def _asks_hidden(query: str) -> bool:
    """Say whether a search asks about what is kept from whoever reads now."""
    hidden = secrecy.names()
    try:
        asked = QueryDict(query)
    except TooManyFieldsSent:
        return bool(hidden)
    # As it was typed where it was not understood then; it may be now.
    typed = {word.lower() for text in asked.getlist("q") for word in TYPED.findall(text)}
    return not hidden.isdisjoint(typed) or any(map(_is_hidden, asked.getlist(CONDITIONS)))


def _is_hidden(conditions: str) -> bool:
    try:
        return masking.hides_any(documents.loads(conditions))
    except ValueError:
        # What cannot be read may be what was cut.
        return bool(secrecy.names())


class List(Screen):
    """The rows a user sees, as they look for them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or the table alone where only that is exchanged."""
        query = ListQuery.read(self.resource, request.GET, self.user)
        self.every = self.resource.all_columns()
        self.views = _views(self.user, self.resource)
        self.view = next((one for one in self.views if str(one.pk) == query.view), None)
        kept = self.view.columns if self.view else None
        chosen = query.columns.split(",") if self.view and query.columns else kept
        self.columns = shown_columns(self.resource, self.user, self.every, chosen)
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
            "shown_columns": ",".join(column.key for column in columns),
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
        search, at = query.search(), self.view
        # What the view shows by itself; asked for only where something else may be tried out.
        tried = at is not None and query.columns != ""
        return {
            "views": self.views,
            "view": at,
            "changed": at is not None and (at.query != search or (tried and self._differs(at))),
            "removable": at is not None
            and SavedView.removable(self.user, self.resource.key).filter(pk=at.pk).exists(),
            "search": search,
            "tokens": query.tokens(self.resource, self.user),
            "filters": [
                (each, each.offered(self.user), query.filters.get(each.key, ""))
                for each in self.resource.all_filters()
            ],
            "hints": self.resource.hints(self.every),
            "choosable": bool(self.every),
        }

    def _differs(self, view: SavedView) -> bool:
        """Say whether other columns are shown than a view has."""
        return shown_columns(self.resource, self.user, self.every, view.columns) != self.columns

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

    def get(self, request: HttpRequest) -> HttpResponse:
        """Offer all there are, those shown now chosen; a list of hundreds waits until asked for."""
        asked = request.GET.get(COLUMNS)
        every = self.resource.all_columns()
        shown = shown_columns(self.resource, self.user, every, asked.split(",") if asked else None)
        chosen = {column.key for column in shown}
        offered = [(column, column.key in chosen) for column in every]
        return render(request, "backoffice/columns.html", {"offered": offered})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Remember them."""
        known = [column.key for column in self.resource.all_columns()]
        chosen = [key for key in known if key in request.POST.getlist(COLUMNS)]
        search = searched(request)
        if view := read_id(request.POST.get("view")):
            # A view has columns of its own: these are tried out until it is saved with them.
            search += "&" + urlencode({"view": view, COLUMNS: ",".join(chosen)})
        else:
            UserChoice.put(self.user, f"columns.{self.resource.key}", chosen)
        return HttpResponseRedirect(f"{self.resource.url()}?{search}".rstrip("?"))


def searched(request: HttpRequest) -> str:
    """Return the search a form carries, without its place."""
    return request.POST.get("search", "").replace("\r", "").replace("\n", "").replace("\0", "")
