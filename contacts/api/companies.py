"""`companies`: organisations, with their fields flat by alias."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused
from api.fields import ExactField, QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from contacts.api.shapes import NamedSerializer
from contacts.company_catalogue import CORE
from contacts.models import Company
from contacts.services import company_records as records
from contacts.services.imports import companies_met
from kernel import clock, usage
from kernel.ids import read_id
from kernel.permissions import Reach
from kernel.registry import ConfigProblem, Problem


class CompanyList(serializers.ListSerializer[Any]):
    """A page of companies."""

    def to_representation(self, data: Iterable[Company]) -> list[dict[str, Any]]:  # type: ignore[override]
        """Read all of them at once."""
        return records.flat(row.pk for row in data)


class CompanySerializer(ModelSerializer[Company]):
    """A company; custom fields stand beside the others by their alias."""

    name = serializers.CharField()
    address = serializers.CharField(allow_null=True, required=False)
    city = serializers.CharField(allow_null=True, required=False)
    region = serializers.CharField(allow_null=True, required=False)
    postcode = serializers.CharField(allow_null=True, required=False)
    country = serializers.CharField(allow_null=True, required=False)
    phone = serializers.CharField(allow_null=True, required=False)
    website = serializers.CharField(allow_null=True, required=False)
    email = serializers.CharField(allow_null=True, required=False)
    employees = ExactField(max_digits=15, decimal_places=0, allow_null=True, required=False)
    revenue = ExactField(max_digits=15, decimal_places=2, allow_null=True, required=False)
    industry = serializers.CharField(allow_null=True, required=False)
    score = serializers.IntegerField(read_only=True)
    owner = NamedSerializer(allow_null=True, required=False)

    class Meta:
        model = Company
        list_serializer_class = CompanyList
        fields: ClassVar = [
            "id",
            "name",
            *(spec.alias for spec in CORE),
            "score",
            "owner",
            "version",
            "created_at",
            "updated_at",
        ]

    def to_representation(self, instance: Company) -> dict[str, Any]:
        """Show the company with its fields."""
        return records.flat([instance.pk])[0]


@resource("companies")
class CompanyViews(ResourceViews[Company]):
    """Organisations."""

    kind = "companies"
    queryset = Company.objects.only("id", "version", "owner_id")
    serializer_class = CompanySerializer
    sorts = ("name", "score", "created_at", "updated_at")
    filters: ClassVar = {
        "name": QueryFilter(serializers.CharField(), "name__iexact"),
        "contains": QueryFilter(serializers.CharField(), "name__icontains"),
        "import": QueryFilter(
            serializers.CharField(),
            companies_met.narrowed,
            _lazy("An import that met them: its id, or `added-ID`, `updated-ID`."),
        ),
    }

    def filter_rows(self, rows: Any) -> Any:
        """Ask of no import that the caller may not see."""
        wanted = self.request.query_params.get("import")
        if wanted is not None and companies_met.file_of(self.caller, wanted) is None:
            raise Refused(_("There is no such import."), "not_found", "import")
        return super().filter_rows(rows)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Answer one; an id that was merged answers with the company it became part of."""
        try:
            return super().retrieve(request, pk)
        except NotFound:
            winner = records.survivor(read_id(pk) or 0)
            if winner is None or not self.get_queryset().filter(pk=winner).exists():
                raise
            return Response({**records.flat([winner])[0], "merged_from": pk})

    def create(self, request: Request) -> Response:
        """Make one; 409 when there is one of this name, or with a value only one can have."""
        values = self._read(request.data, {})
        if self.caller.reach("companies", "view") is not Reach.ALL:
            values.setdefault("owner", self.caller.pk)
        try:
            company = records.create(values, clock.now())
        except records.Taken as taken:
            raise _conflict(taken) from taken
        return Response(records.flat([company])[0], status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what differs, unless it has changed since the caller saw it."""
        row = self.get_object()
        self.refuse_stale(row)
        values = self._read(request.data, records.flat([row.pk])[0])
        try:
            records.change(row.pk, values, clock.now())
        except records.Taken as taken:
            raise _conflict(taken) from taken
        return Response(records.flat([row.pk])[0])

    def delete_one(self, row: Company) -> None:
        """Delete it, unless something names it; its people stay, without a company."""
        usage.refuse_if_used("company", row.pk)
        records.delete(row.pk)

    def _read(self, body: Any, current: Mapping[str, Any]) -> dict[str, Any]:
        """Check a body; what never changes may repeat what is there."""
        if not isinstance(body, Mapping):
            raise ConfigProblem([_fault("", "invalid", _("An object is expected."))])
        fixed = {key for key in records.FIXED if key in body}
        values, problems = records.cleaned({k: v for k, v in body.items() if k not in fixed})
        problems += [
            _fault(key, "read_only", _("This field cannot be written."))
            for key in sorted(fixed - {"version"})
            if current.get(key) != body[key]
        ]
        if not current and not values.get("name") and not problems:
            problems = [_fault("name", "required", _("A company needs a name."))]
        mine = self.caller.reach("companies", "edit") is not Reach.ALL
        if mine and values.get("owner", self.caller.pk) != self.caller.pk:
            problems.append(_fault("owner", "not_allowed", _("This can only be you.")))
        if problems:
            raise ConfigProblem(problems)
        return values


def _conflict(taken: records.Taken) -> Conflict:
    return Conflict(taken.problem["message"], "taken", taken.alias)


def _fault(key: str, code: str, message: str) -> Problem:
    return {"field": key, "code": code, "message": message}
