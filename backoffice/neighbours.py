"""From one thing to the next, in the list somebody came from."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from api.paging import Order, neighbour
from backoffice import toasts
from backoffice.queries import ListQuery
from backoffice.screens import Screen

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
        found = self._found(row.pk, search, after=after)
        if found is None:
            ends = (
                _("This is the last of the list.") if after else _("This is the first of the list.")
            )
            toasts.tell(request, ends)
        here = self.resource.url("item", found or pk)
        return HttpResponseRedirect(f"{here}?{urlencode({'in': search})}")

    def _found(self, pk: int, search: str, *, after: bool) -> int | None:
        resource = self.resource
        query = ListQuery.read(resource, QueryDict(search), self.user)
        order = Order.read(query.sort or resource.default_sort, [*resource.sortable(), "id"])
        rows = resource.listed(query.narrow(resource, resource.rows(self.user)))
        # Its own place, also where it has left the list meanwhile.
        mine = resource.listed(resource.rows(self.user)).filter(pk=pk)
        place: list[Any] = [pk]
        if order.column not in {"id", "pk"}:
            place = [mine.values_list(order.column, flat=True).get(), pk]
        return neighbour(rows, order, place, after=after)
