"""`activity-rank`: when everybody's activity was measured, with what result, and one's own rank."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.fields import FloatField, IdField, MomentField, TruthField
from api.routers import endpoint
from api.serializers import Serializer
from contacts.models import Contact
from contacts.services.merge import survivor
from kernel import clock
from kernel.permissions import narrow
from kernel.queues import hint_on_commit
from points.models import RankRun
from points.services import matrix, when
from points.services.explaining import explain


class RankRunSerializer(Serializer):
    """A run: its window, and how many have which rank."""

    id = IdField()
    at = MomentField()
    since = MomentField()
    finished_at = MomentField(allow_null=True)
    active = serializers.IntegerField()
    inactive = serializers.IntegerField()
    unmeasurable = serializers.IntegerField()
    changed = serializers.IntegerField()
    spread = serializers.ListField(
        child=serializers.IntegerField(), help_text="How many have the ranks 1 to 10."
    )


class ActivityRankSerializer(Serializer):
    """The settings in force, the last run and the next."""

    settings = serializers.DictField()
    last = RankRunSerializer(allow_null=True)
    next_at = MomentField(allow_null=True)
    running = TruthField()


class RankBegunSerializer(Serializer):
    """The job that measures."""

    job = IdField()


class RankPartSerializer(Serializer):
    """An activity in a kind of operation, and what it came to."""

    key = serializers.CharField()
    name = serializers.CharField()
    operation = serializers.CharField()
    count = serializers.IntegerField()
    points = FloatField()
    last_at = MomentField()


class RankReasonSerializer(Serializer):
    """A rank and what it is made of; `bounds` are the least points of the ranks 1 to 10."""

    rank = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    words = serializers.CharField()
    run = RankRunSerializer(allow_null=True)
    next_at = MomentField(allow_null=True)
    events = serializers.IntegerField()
    points = FloatField()
    bounds = serializers.ListField(child=FloatField(allow_null=True))
    parts = RankPartSerializer(many=True)


def state() -> dict[str, Any]:
    """Return how the activity rank stands."""
    last: RankRun | None = when.last()
    running = when.under_way() is not None
    settings = matrix.settings()
    return {"settings": settings, "last": last, "next_at": when.due_at(), "running": running}


@endpoint("activity-rank")
class ActivityRank(ApiView):
    """How active everybody is; the settings are the preference `points.activity`."""

    kind = "preferences"

    @extend_schema(responses=ActivityRankSerializer)
    def get(self, request: Request) -> Response:
        """Show settings, last run and next."""
        return Response(ActivityRankSerializer(state()).data)


@endpoint("activity-rank/run")
class Run(ApiView):
    """Measuring everybody now."""

    kind = "preferences"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=None, responses={202: RankBegunSerializer})
    def post(self, request: Request) -> Response:
        """Queue a run; one that is under way is answered instead of a second."""
        job = when.begin(clock.now(), self.caller.pk)
        hint_on_commit("kernel.jobs")
        return Response({"job": str(job.pk)}, status=202)


@endpoint("contacts/<int:number>/activity-rank", name="contact-activity-rank")
class OfContact(ApiView):
    """Why somebody has the rank they have."""

    kind = "contacts"

    @extend_schema(responses=RankReasonSerializer)
    def get(self, request: Request, number: int) -> Response:
        """Explain it as the last run saw it."""
        seen = narrow(Contact.objects.all(), self.caller, "contacts", "view")
        contact = get_object_or_404(seen, pk=survivor(number) or number)
        return Response(RankReasonSerializer(explain(contact.pk)).data)
