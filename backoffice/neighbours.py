"""From one thing to the next, in the list somebody came from."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from api.paging import Order, neighbour
from backoffice import toasts
from backoffice.queries import ListQuery
from backoffice.screens import Screen
from kernel.filters import FilterProblem

LONGEST = 8_000


def came_from(request: HttpRequest) -> str | None:
    """Return the search of the list one came from; None for who came from elsewhere."""
    search = request.GET.get("in")
    return None if search is None or len(search) > LONGEST else search.replace("\0", "")


class Beside(Screen):
    """Leads to the one before or after; found when it is asked for, so that pages cost nothing."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go there, or stay and say that the list ends here."""
        row, search = self.item(pk), came_from(request) or ""
        after = request.GET.get("to") != "previous"
        query = ListQuery.read(self.resource, QueryDict(search), self.user)
        try:
            with self.resource.limited(query):
                found = self._found(row.pk, query, after=after)
        except FilterProblem as slow:
            toasts.tell(request, slow.problems[0]["message"])
            return self._at(pk, search)
        if found is None:
            ends = (
                _("This is the last of the list.") if after else _("This is the first of the list.")
            )
            toasts.tell(request, ends)
        return self._at(found or pk, search)

    def _at(self, pk: int, search: str) -> HttpResponse:
        return HttpResponseRedirect(f"{self.resource.url('item', pk)}?{urlencode({'in': search})}")

    def _found(self, pk: int, query: ListQuery, *, after: bool) -> int | None:
        resource = self.resource
        order = Order.read(query.sort or resource.default_sort, [*resource.sortable(), "id"])
        rows = resource.listed(query.narrow(resource, resource.rows(self.user)))
        # Its own place, also where it has left the list meanwhile.
        mine = resource.listed(resource.rows(self.user)).filter(pk=pk)
        place: list[Any] = [pk]
        if order.column not in {"id", "pk"}:
            place = [mine.values_list(order.column, flat=True).get(), pk]
        return neighbour(rows, order, place, after=after)
