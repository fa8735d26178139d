"""`privacy`: how long things are kept, what would go now, and where the erased are still named."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Conflict, Refused
from api.fields import MomentField
from api.routers import endpoint
from api.serializers import Serializer
from contacts.services import leftovers
from kernel import clock, retaining, retention
from kernel.models import RetentionRun
from kernel.queues import hint_on_commit


class RetentionRunSerializer(Serializer):
    """What went, or would have gone."""

    at = MomentField()
    before = MomentField()
    rows = serializers.IntegerField()


class KeepingSerializer(Serializer):
    """A kind of thing; its days are changed by `PATCH preferences`."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    days = serializers.IntegerField(allow_null=True)
    setting = serializers.CharField()
    would_go = RetentionRunSerializer(allow_null=True)
    went = RetentionRunSerializer(allow_null=True)


def _run(run: RetentionRun | None) -> dict[str, Any] | None:
    return None if run is None else dict(RetentionRunSerializer(run).data)


@endpoint("privacy/retention")
class Retention(ApiView):
    """What grows old, with the latest run and the latest dry run."""

    kind = "privacy"

    @extend_schema(responses=KeepingSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the kinds."""
        kinds = [
            {
                "key": keeping.key,
                "label": str(keeping.label),
                "days": keeping.days,
                "setting": keeping.setting or retention.SETTING,
                "would_go": _run(retaining.last(keeping.key, dry=True)),
                "went": _run(retaining.last(keeping.key, dry=False)),
            }
            for keeping in retention.kept()
        ]
        return Response({"results": kinds})


@endpoint("privacy/retention/dry-run")
class DryRun(ApiView):
    """Counts what would go now; nothing is changed.

    By the rules in force, but for kinds whose days are given: `{"contacts.inactive": 90}`, null
    for ever.
    """

    kind = "privacy"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=OpenApiTypes.OBJECT, responses={202: None})
    def post(self, request: Request) -> Response:
        """Queue it; 409 while one waits."""
        if not isinstance(request.data, dict):
            raise Refused(_("An object of days by kind is expected."), "invalid", "")
        try:
            tried = retention.read(request.data)
        except retention.NotKept as refused:
            raise serializers.ValidationError(_problems(refused.problems)) from None
        if not retaining.begin(retaining.DRY, clock.now(), request.user.pk, tried):
            raise Conflict(_("One is waiting already."), "busy")
        hint_on_commit("kernel.jobs")
        return Response(status=202)


def _problems(found: Mapping[str, str]) -> dict[str, Any]:
    unknown = ErrorDetail(_("This field is not known."), "unknown_field")
    return {
        key: [ErrorDetail(message, "invalid") if message else unknown]
        for key, message in found.items()
    }


class LeftoverSerializer(Serializer):
    """A place in which people's own words still name somebody."""

    contact = serializers.CharField()
    erased_at = MomentField()
    kind = serializers.CharField()
    id = serializers.CharField()
    name = serializers.CharField()


@endpoint("privacy/leftovers")
class Leftovers(ApiView):
    """Filters, saved views and campaigns that name the address of somebody who was erased."""

    kind = "privacy"

    @extend_schema(responses=LeftoverSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List them, the latest erasures first."""
        found = [
            {
                "contact": str(one.contact),
                "erased_at": clock.iso(one.at),
                "kind": one.kind,
                "id": str(one.number),
                "name": one.name,
            }
            for one in leftovers.open_ones(self.caller)
        ]
        return Response({"results": found})
