"""Contacts that a campaign is to delete: how many wait, and the word that lets very many go."""

from typing import ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict
from api.routers import endpoint
from api.serializers import Serializer
from campaigns.api.behind import CAMPAIGN, CampaignPart
from campaigns.services import confirming
from contacts.services import braking
from kernel import clock


class DeletionsSerializer(Serializer):
    """How many contacts wait to be deleted; of these `held` until somebody confirms it."""

    waiting = serializers.IntegerField()
    held = serializers.IntegerField()


class ConfirmationSerializer(Serializer):
    """As many as are meant: where more are held by now, nobody goes."""

    count = serializers.IntegerField(min_value=1)


class ConfirmedSerializer(Serializer):
    """How many are being deleted."""

    confirmed = serializers.IntegerField()


@endpoint(f"{CAMPAIGN}/deletions", "campaign-deletions")
class Deletions(CampaignPart):
    """Contacts that the campaign is to delete."""

    verbs: ClassVar = {"post": "publish"}

    @extend_schema(responses=DeletionsSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """Count them, of contacts one may see."""
        campaign = self.campaign()
        found = braking.waiting([campaign.pk], self.owner()).get(campaign.pk)
        people, held = found or (0, 0)
        return Response({"waiting": people, "held": held})

    @extend_schema(request=ConfirmationSerializer, responses=ConfirmedSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Let those go who are held."""
        campaign = self.campaign()
        body = ConfirmationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if not confirming.may(self.caller):
            raise PermissionDenied
        try:
            with transaction.atomic():
                done = confirming.confirm(campaign, body.validated_data["count"], clock.now())
        except confirming.NotPossible as error:
            raise Conflict(str(error), error.code) from error
        return Response({"confirmed": done})
