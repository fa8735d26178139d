"""`actions`: do something to many contacts at once, as a job; `jobs/{id}` says how far it is."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import FilterField, IdField, MomentField
from api.routers import endpoint
from api.serializers import ModelSerializer, Serializer
from contacts.services import bulk_actions
from contacts.services.merge import followed
from contacts.services.searches import Search
from kernel import clock, filters
from kernel.actions import contact_actions
from kernel.models import Job
from kernel.permissions import Reach
from kernel.queues import hint_on_commit
from kernel.registry import ConfigProblem

MOST = 100_000


class ActionSerializer(Serializer):
    """An action, and for whom."""

    key = serializers.CharField()
    config = serializers.DictField(default=dict)
    contacts = serializers.ListField(child=IdField(), max_length=MOST, required=False)
    filter = FilterField(required=False)


class JobSerializer(ModelSerializer[Job]):
    """Work that takes time, and how far it is."""

    created_at = MomentField()
    finished_at = MomentField(allow_null=True)

    class Meta:
        model = Job
        fields: ClassVar = [
            "id",
            "kind",
            "state",
            "progress",
            "error",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields


@endpoint("actions")
class Actions(ApiView):
    """Does something to contacts, given by id or by filter."""

    kind = "contacts"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=ActionSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        """Queue the action."""
        body = ActionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        kind = contact_actions.get(asked["key"])
        if kind is None or (kind.places and not kind.places & {"api", "bulk"}):
            raise Refused(_("There is no such action."), "unknown_action", "key")
        try:
            action = kind(kind.clean(asked["config"]))
            action.check_reach(self.caller, action.needs)
        except ConfigProblem as problem:
            raise ConfigProblem([_within_config(fault) for fault in problem.problems]) from problem
        whom = self._whom(asked)
        own = self.caller.reach("contacts", "edit") is not Reach.ALL
        job = bulk_actions.start(action, whom, clock.now(), user_id=self.caller.pk, only_own=own)
        hint_on_commit("kernel.jobs")
        return Response(JobSerializer(job).data, status=202)

    def _whom(self, asked: dict[str, Any]) -> list[int] | Search:
        if ("contacts" in asked) == ("filter" in asked):
            raise Refused(_("Give contacts or a filter."), "required", "contacts")
        if "filter" in asked:
            filters.check(asked["filter"], user=self.caller)
            return Search(tree=asked["filter"])
        return sorted(set(followed(asked["contacts"])))


@endpoint("jobs/<int:number>", name="job")
class Jobs(ApiView):
    """A job of yours."""

    kind = "contacts"

    @extend_schema(responses=JobSerializer)
    def get(self, request: Request, number: int) -> Response:
        """Say how far it is."""
        row = Job.objects.filter(pk=number, user_id=self.caller.pk).first()
        if row is None:
            raise NotFound
        return Response(JobSerializer(row).data)


def _within_config(fault: dict[str, str]) -> dict[str, str]:
    return {**fault, "field": f"config.{fault['field']}" if fault["field"] else "config"}
