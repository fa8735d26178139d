"""Campaigns as files: written here, taken over elsewhere."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.fields import DocumentField
from api.routers import endpoint
from api.serializers import Serializer
from api.trail import Trail
from campaigns.api.behind import CAMPAIGN, CampaignPart
from campaigns.api.campaigns import CampaignSerializer
from campaigns.services import files


class MissingSerializer(Serializer):
    """What a step names, and nothing here is called."""

    step = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()


class TakenSerializer(Serializer):
    """The new draft, and what is to be chosen in it."""

    campaign = CampaignSerializer()
    missing = MissingSerializer(many=True)


@endpoint(f"{CAMPAIGN}/file", "campaign-file")
class CampaignFile(CampaignPart):
    """The draft of a campaign as a document that another workspace understands."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: str) -> Response:
        """Answer the document: names of what it points at, no people, no secrets."""
        return Response(files.written(self.campaign(), user=self.caller))


@endpoint("campaigns/file", "campaign-files")
class CampaignFiles(ApiView):
    """Campaigns made from documents."""

    kind = "campaigns"
    verbs: ClassVar = {"post": "create"}

    def trail(self) -> Trail:
        """Leave what making a campaign leaves."""
        return Trail.VALUES

    def answer_to_keep(self, data: Any) -> Any:
        """Keep the campaign."""
        return data.get("campaign", data) if isinstance(data, dict) else data

    @extend_schema(request=OpenApiTypes.OBJECT, responses={201: TakenSerializer})
    def post(self, request: Request) -> Response:
        """Make a draft; what the document names is found by its name among what one may see."""
        document = DocumentField().run_validation(request.data)
        campaign, missing = files.taken(document, user=request.user)
        told = {"campaign": campaign, "missing": missing}
        return Response(TakenSerializer(told).data, status=201)
