"""What is done with parked steps: tried again, skipped, or their ways ended."""

from collections.abc import Callable
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict
from api.fields import IdField
from api.routers import endpoint
from api.serializers import Serializer
from campaigns.api.behind import CAMPAIGN, CampaignPart
from campaigns.graph.plan import Plan
from campaigns.plugins.queues import STEPS
from campaigns.services import freeing
from campaigns.services.freeing import Chosen
from campaigns.services.running import running
from kernel import clock
from kernel.queues import hint_on_commit


class ChosenSerializer(Serializer):
    """Which parked steps: all, of one node, of some contacts."""

    node = serializers.CharField(required=False)
    contacts = serializers.ListField(child=IdField(), max_length=10_000, required=False)


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
        nodes = self.steps(body.validated_data.get("node"))
        chosen = Chosen(nodes, body.validated_data.get("contacts"), self.owner("edit"))
        with transaction.atomic():
            plan = running(self.campaign().pk)
            if plan is None:
                raise Conflict(_("The campaign is not published."), "not_published")
            done = do(plan, chosen)
        hint_on_commit(STEPS)
        return done


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
