"""Who is on the way, by step of what runs: asked before a new version is published."""

from dataclasses import asdict

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.routers import endpoint
from api.serializers import Serializer
from campaigns.api.behind import CAMPAIGN, CampaignPart
from campaigns.services import inside
from kernel.filters.questions import within_time

PATIENCE_MS = 5_000


class StandingSerializer(Serializer):
    """A step of what runs, with who stands there; `state` compares it with the draft.

    `anew`: who stays on it, in some version that runs, waits anew from their arrival.
    """

    step = serializers.CharField()
    kind = serializers.CharField()
    key = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(["same", "changed", "gone"])
    versions = serializers.ListField(child=serializers.IntegerField())
    waiting = serializers.IntegerField()
    failed = serializers.IntegerField()
    anew = serializers.BooleanField()


class RunningSerializer(Serializer):
    """A version that runs, and how many are on their way through it."""

    number = serializers.IntegerField()
    active = serializers.IntegerField()


class InFlightSerializer(Serializer):
    """Who is on the way: by version, and by step (those with people, changed or gone)."""

    versions = RunningSerializer(many=True)
    steps = StandingSerializer(many=True)


@endpoint(f"{CAMPAIGN}/in-flight", "campaign-in-flight")
class InFlight(CampaignPart):
    """Where those on their way stand, and which of their steps the draft changes."""

    @extend_schema(responses=InFlightSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """Count them, of contacts one may see."""
        campaign, owner = self.campaign(), self.owner()
        with within_time(_too_slow, PATIENCE_MS):
            numbers = inside.active(campaign, owner)
            steps = [asdict(step) for step in inside.standing(campaign, self.caller, owner)]
        versions = [{"number": number, "active": count} for number, count in numbers.items()]
        return Response({"versions": versions, "steps": steps})


def _too_slow() -> Refused:
    return Refused(_("This could not be counted in time."), "too_slow")
