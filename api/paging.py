"""Pages of lists by key, so that inserts move nothing; the order is from an allow-list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import F, Field, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from api import cursors
from api.errors import Refused
from kernel.rough import rough

M = TypeVar("M", bound=Model)
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1000
COUNTED_EXACTLY = 10_000
_KEY = "sort_key"


@dataclass(frozen=True)
class Order:
    """A column to sort by and its direction; ties go by id the same way."""

    column: str
    descending: bool

    @classmethod
    def read(cls, text: str, allowed: Sequence[str]) -> "Order":
        """Read `field` or `-field` out of what a list allows."""
        column = text.removeprefix("-")
        if column not in allowed:
            message = _("Sort by one of: %(names)s.") % {"names": ", ".join(allowed)}
            raise Refused(message, "invalid_sort", "sort")
        return cls(column, text.startswith("-"))

    def __str__(self) -> str:
        """Write it as requests do."""
        return f"-{self.column}" if self.descending else self.column


@dataclass(frozen=True)
class Paging:
    """What a request asks of a list; `scope` ties cursors to path, order and filters."""

    order: Order
    limit: int
    cursor: str | None
    scope: str
    estimate: bool = False


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page: its rows, and the cursor of the next one."""

    rows: list[M]
    next: str | None


def read_limit(value: object) -> int:
    """Read 1 to 1,000; larger is taken as 1,000."""
    if value is None:
        return DEFAULT_LIMIT
    text = "" if isinstance(value, bool) else str(value)
    if not re.fullmatch(r"0*[1-9][0-9]{0,17}", text, re.ASCII):
        raise Refused(_("A number from 1 to 1,000 is expected."), "invalid", "limit")
    return min(int(text), LARGEST_LIMIT)


def read_cursor(value: object) -> str | None:
    """Read a cursor's text; null and nothing mean the first page."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refused(_("This cursor is not valid."), "invalid_cursor", "cursor")
    return value


def paginate(
    queryset: QuerySet[M], paging: Paging, now: datetime, *, bare: bool = False
) -> Page[Any]:
    """Return the page after the cursor, in the order asked for; empty values come last.

    `bare` rows have only a `pk`.
    """
    position = cursors.unseal(paging.cursor, paging.scope, now) if paging.cursor else None
    rows = _rows(queryset, paging.order, position, paging.limit + 1, bare=bare)
    if len(rows) <= paging.limit:
        return Page(rows, None)
    rows = rows[: paging.limit]
    last = rows[-1]
    place = [last.pk] if _by_id(paging.order) else [_frozen(getattr(last, _KEY)), last.pk]
    return Page(rows, cursors.seal(paging.scope, place, now))


def neighbour(
    queryset: QuerySet[M], order: Order, position: list[Any], *, after: bool
) -> int | None:
    """Return who stands right after a place in an order, or right before it; None at the ends.

    A place is the value ordered by and the id, or the id alone.
    """
    found = _following(queryset, order, position) if after else _before(queryset, order, position)
    return found[0].pk if found else None


def _following(queryset: QuerySet[M], order: Order, position: list[Any] | None) -> list[Any]:
    return _rows(queryset, order, position, 1, bare=True)


def _before(queryset: QuerySet[M], order: Order, position: list[Any]) -> list[Any]:
    """Read backwards; empty values stand last, so that what is before them is the last value."""
    back = Order(order.column, not order.descending)
    if _by_id(order):
        return _following(queryset, back, position)
    valued = queryset.filter(**{f"{order.column}__isnull": False})
    if position[0] is not None:
        return _following(valued, back, position)
    empty = queryset.filter(**{f"{order.column}__isnull": True})
    earlier = _tied(empty, back, position).order_by(_tie(back))
    return list(earlier.values_list("pk", named=True)[:1]) or _following(valued, back, None)


def estimate(queryset: QuerySet[M]) -> int:
    """Return how many rows there are: exactly when few, else about what the planner believes."""
    counted = queryset.order_by()[: COUNTED_EXACTLY + 1].count()
    if counted <= COUNTED_EXACTLY:
        return counted
    import json

    plan = json.loads(queryset.order_by().explain(format="json"))
    return rough(max(counted, int(plan[0]["Plan"]["Plan Rows"])), COUNTED_EXACTLY)


def _by_id(order: Order) -> bool:
    return order.column in {"id", "pk"}


def _rows(
    queryset: QuerySet[M], order: Order, position: list[Any] | None, most: int, *, bare: bool
) -> list[Any]:
    """Read what comes after a place: rows with a value, then those without.

    Apart, both are read in the order of an index, whichever end it keeps empty values at.
    """

    def read(found: QuerySet[M], *names: str) -> QuerySet[M, Any]:
        return found.values_list("pk", *names, named=True) if bare else found

    if _by_id(order):
        return list(read(_tied(queryset, order, position).order_by(_tie(order)))[:most])
    column = F(order.column)
    keyed: QuerySet[M] = queryset.annotate(**{_KEY: column})
    nullable, rows = _nullable(queryset, order.column), list[Any]()
    if position is None or position[0] is not None:
        valued = keyed.filter(**{f"{order.column}__isnull": False}) if nullable else keyed
        if position is not None:
            valued = valued.filter(_after(keyed, order, position))
        sort = column.desc() if order.descending else column.asc()
        rows = list(read(valued.order_by(sort, _tie(order)), _KEY)[:most])
        position = None
    if nullable and len(rows) < most:
        empty = keyed.filter(**{f"{order.column}__isnull": True})
        empty = _tied(empty, order, position).order_by(_tie(order))
        rows += read(empty, _KEY)[: most - len(rows)]
    return rows


def _tie(order: Order) -> str:
    return "-pk" if order.descending else "pk"


def _tied(queryset: QuerySet[M], order: Order, position: list[Any] | None) -> QuerySet[M]:
    """Keep what comes after a place by its id."""
    if position is None:
        return queryset
    return queryset.filter(**{f"pk__{'lt' if order.descending else 'gt'}": position[-1]})


def _after(queryset: QuerySet[M], order: Order, position: list[Any]) -> Q:
    beyond = "lt" if order.descending else "gt"
    field = queryset.query.annotations[_KEY].output_field
    column, value = order.column, field.to_python(position[0])
    # The outer bound lets an index start at the place; the inner one breaks the tie.
    past = Q(**{f"{column}__{beyond}": value}) | Q(**{f"pk__{beyond}": position[-1]})
    return Q(**{f"{column}__{beyond}e": value}) & past


def _nullable(queryset: QuerySet[M], column: str) -> bool:
    """Say whether the column may be empty; annotations and joins may."""
    if column in queryset.query.annotations or "__" in column:
        return True
    field = queryset.model._meta.get_field(column)
    return bool(isinstance(field, Field) and field.null)


def _frozen(value: object) -> object:
    """Write a sort key so that nothing of it is lost."""
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return repr(value) if isinstance(value, float) else str(value)
