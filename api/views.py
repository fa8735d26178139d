"""Views of the REST API. An app's `api.py` declares its resources like this.

    from api.fields import QueryFilter, TruthField
    from api.routers import resource
    from api.serializers import ModelSerializer
    from api.views import ResourceViews

    class SegmentSerializer(ModelSerializer[Segment]):
        class Meta:
            model = Segment
            fields = ["id", "name", "filter", "member_count", "version", "created_at", "updated_at"]
            read_only_fields = ["member_count"]

    @resource("segments")                       # /api/v1/segments and /api/v1/segments/{id}
    class SegmentViews(ResourceViews[Segment]):
        kind = "segments"                       # a PermissionKind of your plugins.py
        queryset = Segment.objects.all()        # narrowed to the caller's rights by the toolkit
        serializer_class = SegmentSerializer
        sorts = ("name", "created_at")          # `id` is always allowed; newest first by default
        filters = {"static": QueryFilter(TruthField(), "filter__isnull")}
        verbs = {"rebuild": "edit"}             # the right an extra action needs

        def create_one(self, values): return services.create(**values, now=clock.now())

        @action(detail=True, methods=["post"])  # from rest_framework.decorators
        def rebuild(self, request, pk): segment = self.get_object(); return Response({...}, 202)

A path of its own is an `ApiView` (or `ListView`) under `@endpoint("contacts/search")`; a search by
POST answers `self.answer_list(rows, self.paging_of(request.data, filters), Serializer)`.
Every POST, PATCH, PUT and DELETE runs in one transaction that an error rolls back; POSTs honour
`Idempotency-Key`. Raise `api.errors.Refused(message, code, field)` (400), `Conflict` (409) or the
framework's exceptions; `kernel.registry.ConfigProblem` and Django's `ValidationError` are 400 too.
Services get values, never requests. Tests inherit `tests.api_contract.ApiContract`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from api import filed
from api.endpoints import ApiView
from api.errors import Refused, Stale
from api.fields import QueryFilter
from api.lists import ListView
from api.trail import Trail
from kernel import clock, filing
from kernel.ids import read_id
from kernel.permissions import Reach, narrow

__all__ = ["ApiView", "ListView", "ResourceViews"]
M = TypeVar("M", bound=Model)
_FILED_ACTIONS = {"create", "list", "retrieve", "partial_update"}
_PLAIN_ACTIONS = {*_FILED_ACTIONS, "destroy", ""}


class ResourceViews(ListView, GenericViewSet[M], Generic[M]):
    """Create, read, change, delete and list one kind of item, narrowed to the caller's rights.

    Override `create_one`, `change_one`, `delete_one` to call services; leave out methods with
    `http_method_names`. `owner` is the lookup of the owner, None where items have none.
    """

    owner: ClassVar[str | None] = "owner"
    lookup_value_regex = "[0-9]{1,19}"

    def verb_of(self, method: str) -> str:
        """Return the right of this action: its own, else that of the method."""
        action = getattr(self, "action", None) or ""
        if action in self.verbs:
            return self.verbs[action]
        extra = action not in _PLAIN_ACTIONS and method == "POST"
        return "edit" if extra else super().verb_of(method)

    def known_parameters(self) -> Sequence[str]:
        """Lists take paging and filters, all else what `parameters` says."""
        is_list = getattr(self, "action", None) == "list"
        return super().known_parameters() if is_list else self.parameters

    def every_filter(self) -> Mapping[str, QueryFilter]:
        """What is filed is narrowed by category and label, too."""
        kind = self.filed_as()
        return {**self.filters, **filed.filters(kind)} if kind else self.filters

    @classmethod
    def filed_as(cls) -> str:
        """Return under which kind these items are filed; empty: they are not."""
        rows = getattr(cls, "queryset", None)
        return "" if rows is None else filing.kind_of(rows.model)

    def _handle(self, request: Request, method: str) -> HttpResponseBase:
        """File what is written as the body says, and say how items are filed."""
        kind, action = self.filed_as(), getattr(self, "action", None)
        if not kind or action not in _FILED_ACTIONS:
            return super()._handle(request, method)
        change = None
        if method in {"post", "patch"}:
            body, change = filed.taken_from(request.data, kind)
            request._full_data = body  # type: ignore[attr-defined]
        response = super()._handle(request, method)
        if isinstance(response, Response) and response.status_code < 300:
            if change is not None:
                filing.file(kind, [int(response.data["id"])], change)
            rows = response.data["results"] if action == "list" else [response.data]
            filed.add_to(rows, kind)
        return response

    def get_queryset(self) -> QuerySet[M]:
        """Return the rows the caller may see."""
        rows: QuerySet[M] = super().get_queryset()
        if self.kind is None:
            return rows
        return narrow(rows, self.caller, self.kind, "view", self.owner)

    def get_object(self) -> M:
        """Fetch the row of this request: 404 if it may not be seen, 403 if only that.

        Requests that write hold the row to their end, so that versions are compared safely.
        """
        rows = self.get_queryset()
        if self.request.method not in {"GET", "HEAD"}:
            rows = rows.select_for_update(of=("self",), no_key=self.request.method != "DELETE")
        found = rows.filter(pk=read_id(self.kwargs["pk"]) or 0).first()
        if found is None:
            raise NotFound
        self._check_reach(found)
        if self.request.method in {"PATCH", "DELETE"} and self.trail() is not Trail.NOTHING:
            self.seen = self._as_shown(found)
        return found

    def _as_shown(self, row: M) -> dict[str, Any]:
        """Return the row as answers show it."""
        told = dict(self.get_serializer(row).data)
        if kind := self.filed_as():
            filed.add_to([told], kind)
        return told

    def trail(self) -> Trail:
        """Keep what changed, before and after."""
        return Trail.VALUES

    def _check_reach(self, row: M) -> None:
        if self.kind is None or self.verb == "view":
            return
        if self.caller.reach(self.kind, self.verb) is Reach.ALL:
            return
        mine = type(row)._default_manager.filter(pk=row.pk)
        if not narrow(mine, self.caller, self.kind, self.verb, self.owner).exists():
            self.permission_denied(self.request, message=str(_("This belongs to someone else.")))

    def list(self, request: Request) -> Response:
        """Answer a page of the list."""
        rows = self.filter_rows(self.get_queryset())
        return self.answer_list(rows, self.paging(), self.get_serializer_class())

    def create(self, request: Request) -> Response:
        """Make one from the body."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = self.create_one(self.with_owner(serializer.validated_data))
        return Response(self.get_serializer(row).data, status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Answer one."""
        return Response(self.get_serializer(self.get_object()).data)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change one, unless it has changed since the caller saw it."""
        row = self.get_object()
        self.refuse_stale(row)
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        row = self.change_one(row, serializer.validated_data)
        return Response(self.get_serializer(row).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete one."""
        self.delete_one(self.get_object())
        return Response(status=204)

    def create_one(self, values: dict[str, Any]) -> M:
        """Store a new row; override to call a service."""
        row: M = self.get_serializer().create(values)
        return row

    def change_one(self, row: M, values: dict[str, Any]) -> M:
        """Store changed values; override to call a service."""
        if hasattr(row, "version"):
            row.version += 1
        if hasattr(row, "updated_at"):
            row.updated_at = clock.now()
        changed: M = self.get_serializer().update(row, values)
        return changed

    def delete_one(self, row: M) -> None:
        """Remove the row; override to call a service."""
        row.delete()

    def with_owner(self, values: dict[str, Any]) -> dict[str, Any]:
        """Give a new row to who makes it, unless it was given to someone."""
        names = {field.name for field in super().get_queryset().model._meta.fields}
        if self.owner == "owner" and "owner" in names and "owner" not in values:
            return {**values, "owner": self.request.user}
        return values

    def refuse_stale(self, row: M) -> None:
        """Compare the version the caller saw with the current one."""
        current = getattr(row, "version", None)
        if current is None or not isinstance(self.request.data, Mapping):
            return
        seen = self.request.data.get("version", current)
        if isinstance(seen, bool) or not isinstance(seen, int):
            raise Refused(_("A whole number is expected."), "invalid", "version")
        if seen != current:
            raise Stale(self._as_shown(row))
