"""What the address of a list asks for: text, filters, order, place."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from api.errors import Refused
from api.paging import Order, Page, Paging, paginate
from backoffice.resource import Resource
from kernel import clock

ROWS = 50
LONGEST_TEXT = 200
LONGEST_NUMBER, LONGEST_COLUMNS = 19, 2_000
# How many earlier pages one can go back to.
MOST_PLACES = 30
# Conditions of the builder, which not every list has.
CONDITIONS = "filter"


@dataclass(frozen=True)
class Token:
    """One filter in force, as the search bar shows it."""

    label: str
    value: str
    # The address without it.
    without: str
    # The dialog in which it is edited.
    opens: str = ""


@dataclass(frozen=True)
class ListQuery:
    """One search of a list; `places` are the cursors of the pages before this one."""

    text: str = ""
    sort: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    # The saved view it began with, and the columns tried out in it.
    view: str = ""
    columns: str = ""
    cursor: str = ""
    places: tuple[str, ...] = ()
    # What was typed and not understood.
    problems: tuple[str, ...] = ()
    # Filters of the address that no longer hold, as they stand there. They are left out, but
    # written into every address made of this one: none may mean more than this does.
    lost: Mapping[str, str] = field(default_factory=dict)

    @property
    def widened(self) -> bool:
        """Say whether a filter was left out: more is shown than the address meant."""
        return bool(self.lost)

    @classmethod
    def read(cls, resource: Resource[Any], query: QueryDict, user: Any) -> "ListQuery":
        """Read an address; what it does not know is left out, for addresses are typed and kept."""
        text = query.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT]
        typed = resource.typed(text, user)
        filters, lost, asked = dict(typed.filters), dict[str, str](), resource.all_filters()
        conditions = query.get(CONDITIONS, "")
        if conditions and CONDITIONS not in {each.key for each in asked}:
            lost[CONDITIONS] = conditions
        for each in asked:
            value = query.get(each.key, "")
            if not value:
                continue
            if each.label_of(user, value) is None:
                lost[each.key] = value
                continue
            known = filters.get(each.key)
            filters[each.key] = value if known is None else each.joined(known, value)
        sort = query.get("sort", "")
        places = tuple(place for place in query.get("places", "").split("~") if place)
        return cls(
            text=typed.text,
            problems=typed.problems,
            lost=lost,
            sort=sort if sort.removeprefix("-") in resource.sortable() else "",
            filters=filters,
            view=query.get("view", "")[:LONGEST_NUMBER],
            columns=query.get("columns", "")[:LONGEST_COLUMNS] if query.get("view") else "",
            cursor=query.get("cursor", ""),
            places=places[-MOST_PLACES:],
        )

    def search(self) -> str:
        """Write what is searched, without the place in the list: what a saved view keeps."""
        values = {"q": self.text, **self.filters, **self.lost, "sort": self.sort}
        return urlencode({key: value for key, value in values.items() if value})

    @property
    def beside(self) -> dict[str, str]:
        """Return what every address of the list carries along beside the search."""
        found = {"view": self.view, "columns": self.columns}
        return {key: value for key, value in found.items() if value}

    def address(self) -> str:
        """Write the search with the view it is seen in."""
        return "&".join(part for part in (self.search(), urlencode(self.beside)) if part)

    def at(self, cursor: str, places: tuple[str, ...]) -> str:
        """Write the address of another page."""
        place = {"cursor": cursor, "places": "~".join(places)}
        here = urlencode({key: value for key, value in place.items() if value})
        return "&".join(part for part in (self.address(), here) if part)

    def first(self) -> "ListQuery":
        """Return the same search from its beginning."""
        return replace(self, cursor="", places=())

    def sorted_by(self, column: str, default: str) -> str:
        """Write the address that orders by a column, the other way round where it does already."""
        now = self.sort or default
        return replace(self.first(), sort=f"-{column}" if now == column else column).address()

    def tokens(self, resource: Resource[Any], user: Any) -> list[Token]:
        """Return the filters in force."""
        named = {each.key: each for each in resource.all_filters()}
        return [
            Token(
                str(named[key].label),
                named[key].label_of(user, value) or "",
                replace(
                    self.first(), filters={k: v for k, v in self.filters.items() if k != key}
                ).address(),
                named[key].opens,
            )
            for key, value in self.filters.items()
        ]

    def narrow(self, resource: Resource[Any], rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows that match."""
        if self.text:
            rows = resource.found(rows, self.text)
        for each in resource.all_filters():
            if each.key in self.filters:
                rows = each.apply(rows, self.filters[each.key])
        return rows

    def page(self, resource: Resource[Any], rows: QuerySet[Any]) -> Page[Any]:
        """Return the page; from the beginning where its place is no longer one."""
        order = Order.read(self.sort or resource.default_sort, [*resource.sortable(), "id"])
        paging = Paging(order, ROWS, self.cursor or None, f"{resource.key}|{self.search()}")
        try:
            return paginate(rows, paging, clock.now())
        except Refused:
            return paginate(rows, replace(paging, cursor=None), clock.now())
