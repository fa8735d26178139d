"""Lists: filters and order by allow-list, pages by signed cursor."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import QueryFilter
from api.paging import Order, Paging, estimate, paginate, read_cursor, read_limit
from kernel import clock

M = TypeVar("M", bound=Model)
LIST_PARAMETERS = ("limit", "cursor", "sort", "estimate")


class ListView(ApiView):
    """Reads what a request asks of a list, and answers a page of it."""

    sorts: ClassVar[Sequence[str]] = ()
    default_sort: ClassVar[str] = "-id"
    filters: ClassVar[Mapping[str, QueryFilter]] = {}
    # Whether the serializer reads the rows of a page itself, by their ids.
    bare: ClassVar[bool] = False

    def known_parameters(self) -> Sequence[str]:
        """Lists take paging and filters beside their own."""
        return (*LIST_PARAMETERS, *self.every_filter(), *self.parameters)

    def every_filter(self) -> Mapping[str, QueryFilter]:
        """Return what the list may be narrowed by."""
        return self.filters

    def answer_list(
        self, rows: QuerySet[M], paging: Paging, serializer: type[BaseSerializer[M]]
    ) -> Response:
        """Answer one page of already narrowed rows."""
        page = paginate(rows, paging, clock.now(), bare=self.bare)
        context = {"request": self.request, "view": self}
        shown: Any = serializer(many=True, instance=page.rows, context=context)  # type: ignore[arg-type]
        body: dict[str, Any] = {"results": shown.data, "next": page.next}
        if paging.estimate:
            body["estimate"] = estimate(rows)
        return Response(body)

    def filter_rows(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Apply the filters of the query."""
        for name, query_filter in self.every_filter().items():
            if name not in self.request.query_params:
                continue
            try:
                rows = query_filter.apply(rows, self.request.query_params[name])
            except ValidationError as error:
                raise ValidationError({name: error.detail}) from error
        return rows

    def paging(self) -> Paging:
        """Read limit, order and cursor of the query."""
        query = self.request.query_params
        filters = sorted((k, v) for k, v in query.items() if k not in LIST_PARAMETERS)
        asked = query.get("estimate", "false")
        if asked not in {"true", "false"}:
            raise Refused(_("True or false is expected."), "invalid", "estimate")
        return self.paging_of(query, filters, estimate=asked == "true")

    def paging_of(
        self, request: Mapping[str, Any], filters: object, *, estimate: bool = False
    ) -> Paging:
        """Read limit, order and cursor of a body or query; `filters` are what ties the cursor."""
        sort = request.get("sort") or self.default_sort
        if not isinstance(sort, str):
            raise Refused(_("The name of a field is expected."), "invalid_sort", "sort")
        order = Order.read(sort, ("id", *self.sorts))
        return Paging(
            order=order,
            limit=read_limit(request.get("limit")),
            cursor=read_cursor(request.get("cursor")),
            scope=f"{self.request.path}|{order}|{filters}",
            estimate=estimate,
        )
