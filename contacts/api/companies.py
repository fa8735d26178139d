"""`companies`: organisations, with their own custom fields flat by alias."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict
from api.fields import QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from contacts.api.shapes import NamedSerializer
from contacts.models import Company
from contacts.services import company_records as records
from kernel import clock
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
    owner = NamedSerializer(allow_null=True, required=False)

    class Meta:
        model = Company
        list_serializer_class = CompanyList
        fields: ClassVar = ["id", "name", "owner", "version", "created_at", "updated_at"]

    def to_representation(self, instance: Company) -> dict[str, Any]:
        """Show the company with its fields."""
        return records.flat([instance.pk])[0]


@resource("companies")
class CompanyViews(ResourceViews[Company]):
    """Organisations."""

    kind = "companies"
    queryset = Company.objects.only("id", "version", "owner_id")
    serializer_class = CompanySerializer
    sorts = ("name", "created_at", "updated_at")
    filters: ClassVar = {"name": QueryFilter(serializers.CharField(), "name__iexact")}

    def create(self, request: Request) -> Response:
        """Make one; 409 when there is one of this name."""
        values = self._read(request.data, {})
        if self.caller.reach("companies", "view") is not Reach.ALL:
            values.setdefault("owner", self.caller.pk)
        try:
            company = records.create(values, clock.now())
        except records.Taken as taken:
            raise _conflict() from taken
        return Response(records.flat([company])[0], status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what differs, unless it has changed since the caller saw it."""
        row = self.get_object()
        self.refuse_stale(row)
        values = self._read(request.data, records.flat([row.pk])[0])
        try:
            records.change(row.pk, values, clock.now())
        except records.Taken as taken:
            raise _conflict() from taken
        return Response(records.flat([row.pk])[0])

    def delete_one(self, row: Company) -> None:
        """Delete it; its people stay, without a company."""
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


def _conflict() -> Conflict:
    return Conflict(_("There is a company of this name."), "taken", "name")


def _fault(key: str, code: str, message: str) -> Problem:
    return {"field": key, "code": code, "message": message}
