"""The draft as the canvas edits it, and what can be drawn on it."""

from datetime import timedelta
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import sittings
from api.endpoints import ApiView
from api.errors import Refused, Stale
from api.fields import DocumentField
from api.routers import endpoint
from api.serializers import Serializer
from api.trail import Trail
from campaigns.api.behind import CAMPAIGN, CampaignPart
from campaigns.api.campaigns import CampaignSerializer
from campaigns.models import Campaign
from campaigns.services import drawing, offering
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import narrow
from kernel.trail import history

# Somebody who draws saves every second or two: of each sitting the trail keeps one entry.
SITTING = timedelta(minutes=30)


class StepProblemSerializer(Serializer):
    """Something that stands against running the draft, with its step and place in its settings."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    step = serializers.CharField()
    place = serializers.CharField()


class ChangesSerializer(Serializer):
    """What publishing would change: steps by id (who stands at those in `anew` waits anew)."""

    added = serializers.ListField(child=serializers.CharField())
    removed = serializers.ListField(child=serializers.CharField())
    edited = serializers.ListField(child=serializers.CharField())
    anew = serializers.ListField(child=serializers.CharField())
    paths = serializers.IntegerField()
    settings = serializers.ListField(child=serializers.CharField())


class DraftSerializer(Serializer):
    """A draft with its problems, its words, and the names of what it points at."""

    campaign = CampaignSerializer()
    problems = StepProblemSerializer(many=True)
    titles = serializers.DictField(child=serializers.CharField())
    sources = serializers.ListField(child=serializers.CharField())
    names = DocumentField()
    changes = ChangesSerializer()


def told_of(row: Campaign, caller: Any) -> dict[str, Any]:
    """Return a draft as answers show it to somebody."""
    shown = dict(CampaignSerializer(row).data)
    return {"campaign": shown, **drawing.drawn(row, user=caller)}


class OfferSerializer(Serializer):
    """What steps and sources can be made of."""

    actions = serializers.ListField(child=DocumentField())
    events = serializers.ListField(child=DocumentField())
    fields = serializers.ListField(child=DocumentField())  # type: ignore[assignment]
    company_fields = serializers.ListField(child=DocumentField())
    owner = DocumentField()


@endpoint(f"{CAMPAIGN}/draft", "campaign-draft")
class Draft(CampaignPart):
    """A campaign as it is being drawn: kept even where steps cannot run yet."""

    verbs: ClassVar = {"put": "edit"}

    @extend_schema(responses=DraftSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """Answer the draft with all that is wrong with it."""
        return Response(self.told(self.campaign()))

    @extend_schema(
        request=CampaignSerializer(partial=True),
        responses=DraftSerializer,
        parameters=[
            OpenApiParameter(
                "Sitting",
                str,
                OpenApiParameter.HEADER,
                description=_("A UUID of the page that saves: its own saves are no conflict."),
            )
        ],
    )
    def put(self, request: Request, pk: str) -> Response:
        """Keep the draft, unless it has changed since the caller saw it."""
        token = request.headers.get("Sitting", "")
        sitting = sittings.claim(int(self.caller.pk), token, clock.now())
        rows = narrow(Campaign.objects.all(), self.caller, "campaigns", self.verb)
        row = get_object_or_404(rows.select_for_update(no_key=True), pk=read_id(pk) or 0)
        sent: Any = request.data
        self._refuse_stale(row, sent, sitting)
        values = {name: value for name, value in sent.items() if name != "version"}
        body = CampaignSerializer(row, data=values, partial=True)
        body.is_valid(raise_exception=True)
        row = drawing.keep(row, body.validated_data, clock.now(), user=self.caller)
        if sitting:
            sitting.saved(row.pk, row.version)
        return Response(self.told(row))

    def trail(self) -> Trail:
        """Leave one entry a sitting, as long as nobody else did something to it meanwhile."""
        last = history("campaigns", read_id(self.kwargs["pk"]) or 0, 1)
        hand = (self.caller.pk, getattr(self.request.auth, "pk", None))
        same = last and last[0].verb == "set draft" and (last[0].user, last[0].token) == hand
        fresh = same and last[0].at > clock.now() - SITTING
        return Trail.GOES_ON if fresh else super().trail()

    def told(self, row: Campaign) -> dict[str, Any]:
        """Return a draft as answers show it."""
        return told_of(row, self.caller)

    def _refuse_stale(self, row: Campaign, body: Any, sitting: sittings.Sitting | None) -> None:
        seen = body.get("version") if isinstance(body, dict) else None
        if isinstance(seen, bool) or not isinstance(seen, int):
            raise Refused(_("A whole number is expected."), "required", "version")
        # What the page itself saved, and never heard of, is not somebody else's.
        mine = sitting is not None and sitting.made(row.pk, row.version)
        if seen != row.version and not mine:
            raise Stale(self.told(row))


@endpoint("campaigns/steps", "campaign-steps")
class Steps(ApiView):
    """What a campaign can be drawn with: actions with their settings, events, fields."""

    kind = "campaigns"

    @extend_schema(responses=OfferSerializer)
    def get(self, request: Request) -> Response:
        """Answer what is installed."""
        return Response(offering.offered(self.caller))
