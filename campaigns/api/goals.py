"""`campaigns/{id}/goals`: how many reach the goal, and what the campaign brought about."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.routers import endpoint
from api.serializers import Serializer
from campaigns.api.behind import CAMPAIGN, PATIENCE_MS, CampaignPart, too_slow
from campaigns.api.choosing import CHOICE, PARAMETERS
from campaigns.services import goal_rates
from campaigns.services.goal_rates import Share
from kernel import clock
from kernel.filters.questions import within_time


class GoalShareSerializer(Serializer):
    """So many of so many; `rate` is a share from 0 to 1, null of nobody."""

    contacts = serializers.IntegerField()
    reached = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)


class GoalLiftSerializer(Serializer):
    """By how much more of those who went reached a goal, and between which bounds it lies."""

    difference = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    certain = serializers.BooleanField()


class GoalsSerializer(Serializer):
    """The ways that reached a goal; those who went beside those held out."""

    ways = GoalShareSerializer(allow_null=True)
    went = GoalShareSerializer()
    held_out = GoalShareSerializer()
    lift = GoalLiftSerializer(allow_null=True)


@endpoint(f"{CAMPAIGN}/goals", "campaign-goals")
class Goals(CampaignPart):
    """How many reach a goal."""

    parameters: ClassVar = CHOICE

    @extend_schema(responses=GoalsSerializer, parameters=PARAMETERS)
    def get(self, request: Request, pk: str) -> Response:
        """Answer how many reach a goal, of contacts one may see and ways begun in the time."""
        campaign, choice = self.campaign(), self.choice()
        with within_time(too_slow, PATIENCE_MS):
            ways = goal_rates.rates([campaign.pk], choice).get(campaign.pk)
            went, held, lift = goal_rates.comparison(campaign, clock.now(), choice)
        told = {"ways": ways and _told(ways), "went": _told(went), "held_out": _told(held)}
        return Response({**told, "lift": lift})


def _told(share: Share) -> dict[str, Any]:
    return {"contacts": share.contacts, "reached": share.reached, "rate": share.rate}
