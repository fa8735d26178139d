"""What is done with parked steps: tried again, skipped, or their ways ended."""

from collections.abc import Callable
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Conflict, Refused
from api.fields import IdField, MomentField
from api.routers import endpoint
from api.serializers import Serializer
from campaigns.api.behind import CAMPAIGN, CampaignPart
from campaigns.api.choosing import version_of
from campaigns.graph.plan import Plan
from campaigns.models import Campaign
from campaigns.plugins.queues import STEPS
from campaigns.services import freeing, parked, refitting
from campaigns.services.freeing import Chosen
from campaigns.services.running import running
from kernel import clock
from kernel.filters.questions import within_time
from kernel.permissions import narrow, whose
from kernel.queues import hint_on_commit

PATIENCE_MS = 5_000


class ChosenSerializer(Serializer):
    """Which parked steps: all, of one node, with one error, of some contacts.

    `version` is the number of the one their ways began in.
    """

    node = serializers.CharField(required=False)
    error = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    contacts = serializers.ListField(child=IdField(), max_length=10_000, required=False)
    version = serializers.IntegerField(required=False)


class RetriedSerializer(Serializer):
    """How many steps run again."""

    retried = serializers.IntegerField()


class SkippedSerializer(Serializer):
    """How many steps were skipped."""

    skipped = serializers.IntegerField()


class EndedSerializer(Serializer):
    """How many ways were ended."""

    ended = serializers.IntegerField()


class Freed(CampaignPart):
    """Something done to parked steps that were chosen."""

    verbs: ClassVar = {"post": "edit"}

    def freed(self, request: Request, do: Callable[[Plan, Chosen], int]) -> int:
        """Do it, as far as the caller may change the contacts; return to how many."""
        body = ChosenSerializer(data=request.data or {})
        body.is_valid(raise_exception=True)
        given = body.validated_data
        nodes = self.steps(given.get("node"))
        error = freeing.digest(given["error"]) if "error" in given else None
        version = version_of(self.campaign(), given["version"]) if "version" in given else None
        chosen = Chosen(nodes, given.get("contacts"), self.owner("edit"), error, version)
        with transaction.atomic():
            plan = running(self.campaign().pk)
            if plan is None:
                raise _why_not(self.campaign())
            done = do(plan, chosen)
        hint_on_commit(STEPS)
        return done


def _why_not(campaign: Campaign) -> Conflict:
    """Say why nothing is done with parked steps now: nothing runs, or people still change over."""
    if refitting.is_halfway(campaign):
        return Conflict(refitting.BUSY, "busy")
    return Conflict(_("The campaign is not published."), "not_published")


class ParkedGroupSerializer(Serializer):
    """People parked at one step with one error; `count` ends at 10,000 a step."""

    campaign = IdField(source="campaign.pk")
    node = serializers.CharField(source="step")
    title = serializers.CharField()
    error = serializers.CharField()
    why = serializers.CharField()
    count = serializers.IntegerField()
    attempts = serializers.IntegerField(source="tries")
    since = MomentField()


class ParkedGroupsSerializer(Serializer):
    """Parked steps of all campaigns one sees, the largest group first."""

    results = ParkedGroupSerializer(many=True)


@endpoint("campaigns/parked/groups", "campaigns-parked-groups")
class Groups(ApiView):
    """What is parked in all campaigns."""

    kind = "campaigns"

    @extend_schema(responses=ParkedGroupsSerializer)
    def get(self, request: Request) -> Response:
        """Group them by campaign, step and error: up to a hundred groups."""
        rows = narrow(Campaign.objects.exclude(published=None), self.caller, "campaigns", "view")
        with within_time(_too_slow, PATIENCE_MS):
            seen = list(rows.order_by("-pk")[: parked.CAMPAIGNS])
            found = parked.groups(seen, whose(self.caller, "contacts"))
            return Response(ParkedGroupsSerializer({"results": found}).data)


def _too_slow() -> Refused:
    return Refused(_("This could not be counted in time."), "too_slow")


@endpoint(f"{CAMPAIGN}/retry", "campaign-retry")
class Retry(Freed):
    """Parked steps run again."""

    @extend_schema(request=ChosenSerializer, responses=RetriedSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Free them; answer how many."""
        now = clock.now()
        done = self.freed(request, lambda plan, chosen: freeing.retry(plan, chosen, now))
        return Response({"retried": done})


@endpoint(f"{CAMPAIGN}/skip", "campaign-skip")
class Skip(Freed):
    """Parked steps count as done, and their contacts go on: without an answer by *no*."""

    @extend_schema(request=ChosenSerializer, responses=SkippedSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Skip them; answer how many."""
        now = clock.now()
        done = self.freed(request, lambda plan, chosen: freeing.skip(plan, chosen, now))
        return Response({"skipped": done})


@endpoint(f"{CAMPAIGN}/end", "campaign-end")
class End(Freed):
    """The ways end of contacts whose steps are parked."""

    @extend_schema(request=ChosenSerializer, responses=EndedSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """End them; answer how many."""
        now = clock.now()
        done = self.freed(request, lambda plan, chosen: freeing.end(plan.campaign, chosen, now))
        return Response({"ended": done})
