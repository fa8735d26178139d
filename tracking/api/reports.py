"""`POST tracking/events`: one event, or up to a thousand."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import IdField, MomentField, TruthField
from api.routers import endpoint
from api.serializers import Serializer
from api.trail import Trail
from kernel import clock
from kernel.registry import ConfigProblem, Problem
from tracking.services.reports import Report, receive

MOST = 1_000


class ReportSerializer(Serializer):
    """One event as a client tells it."""

    id = serializers.CharField(required=False, max_length=200, default="")
    contact = IdField(required=False, default=None)
    email = serializers.CharField(required=False, max_length=254, default="")
    type = serializers.CharField(max_length=80)
    data = serializers.DictField(required=False, default=dict)  # type: ignore[assignment]
    # How old it may be is asked of the report.
    occurred_at = MomentField(planned=False, required=False, default=None)
    create = TruthField(required=False, default=False)  # type: ignore[assignment]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Demand one way to name the contact."""
        if (attrs["contact"] is None) == (not attrs["email"].strip()):
            message = _("Name the contact by its id or by its email.")
            raise serializers.ValidationError({"contact": [message]}, "required")
        return attrs


@endpoint("tracking/events")
class Reports(ApiView):
    """Records what a client reports; each id once in 30 days."""

    kind = "contacts"
    verbs = {"post": "edit"}
    serializer_class = ReportSerializer

    def trail(self) -> Trail:
        """Keep nothing: the log of events is the record."""
        return Trail.NOTHING

    def post(self, request: Request) -> Response:
        """Record one event (any fault is a 400) or a list (faults are told by index)."""
        if isinstance(request.data, list):
            return self._many(request)
        values = self._read(request.data)
        if isinstance(values, list):
            raise ConfigProblem(values)
        received = receive([_report(values)], user=self.caller, now=clock.now())
        if received.rejected:
            raise ConfigProblem(received.rejected[0][1])
        return Response({"recorded": received.recorded, "repeated": received.repeated}, 201)

    def _many(self, request: Request) -> Response:
        if not 1 <= len(request.data) <= MOST:
            code = "too_many" if request.data else "required"
            raise Refused(_("One to 1,000 events are expected."), code)
        rejected, places, reports = list[tuple[int, list[Problem]]](), list[int](), list[Report]()
        for index, entry in enumerate(request.data):
            values = self._read(entry)
            if isinstance(values, list):
                rejected.append((index, values))
            else:
                places.append(index)
                reports.append(_report(values))
        received = receive(reports, user=self.caller, now=clock.now())
        rejected += [(places[index], problems) for index, problems in received.rejected]
        rejected.sort(key=itemgetter(0))
        faults = [{"index": index, "errors": _placed(errors)} for index, errors in rejected]
        counts = {"recorded": received.recorded, "repeated": received.repeated}
        return Response({**counts, "rejected": faults}, 200)

    def _read(self, entry: object) -> dict[str, Any] | list[Problem]:
        if not isinstance(entry, Mapping):
            return [{"field": "", "code": "invalid", "message": _("An object is expected.")}]
        serializer = ReportSerializer(data=entry, context={"request": self.request})
        if serializer.is_valid():
            return dict(serializer.validated_data)
        return list(_problems(serializer.errors))


def _placed(errors: list[Problem]) -> list[dict[str, Any]]:
    """What is wrong with the whole entry has no field."""
    return [{**error, "field": error["field"] or None} for error in errors]


def _report(values: dict[str, Any]) -> Report:
    return Report(**{**values, "occurred_at": values["occurred_at"] or clock.now()})


def _problems(errors: Mapping[str, Any], path: str = "") -> list[Problem]:
    found = list[Problem]()
    for name, details in errors.items():
        field = f"{path}{name}" if name != "non_field_errors" else path.rstrip(".")
        if isinstance(details, Mapping):
            found += _problems(details, f"{field}.")
        else:
            found += [
                {"field": field, "code": str(detail.code), "message": str(detail)}
                for detail in details
            ]
    return found
