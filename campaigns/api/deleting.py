"""Contacts that a campaign is to delete: how many wait, and the word that lets very many go."""

from typing import ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict
from api.fields import MomentField
from api.routers import endpoint
from api.serializers import Serializer
from campaigns.api.behind import CAMPAIGN, CampaignPart
from campaigns.services import confirming
from contacts.services import braking
from kernel import clock


class DeletionsSerializer(Serializer):
    """How many contacts wait to be deleted; of these `held` until somebody confirms it.

    `until`: the last of these came then; None: nobody is held.
    """

    waiting = serializers.IntegerField()
    held = serializers.IntegerField()
    until = MomentField(allow_null=True)


class ConfirmationSerializer(Serializer):
    """Who is meant: `held` and `until` of the answer; nobody goes where it is another number."""

    count = serializers.IntegerField(min_value=1)
    until = MomentField()


class ConfirmedSerializer(Serializer):
    """How many are being deleted."""

    confirmed = serializers.IntegerField()


@endpoint(f"{CAMPAIGN}/deletions", "campaign-deletions")
class Deletions(CampaignPart):
    """Contacts that the campaign is to delete."""

    verbs: ClassVar = {"post": "publish"}

    @extend_schema(responses=DeletionsSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """Count them, of contacts one may see; of all of them for whoever may confirm it."""
        campaign = self.campaign()
        owner = None if confirming.may(self.caller) else self.owner()
        # First whom the answer is about: none of those who come now is later than it says.
        until = braking.held(campaign.pk).until
        people, held = braking.waiting([campaign.pk], owner).get(campaign.pk) or (0, 0)
        return Response(DeletionsSerializer({"waiting": people, "held": held, "until": until}).data)

    @extend_schema(request=ConfirmationSerializer, responses=ConfirmedSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Let those go who are held."""
        campaign = self.campaign()
        body = ConfirmationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if not confirming.may(self.caller):
            raise PermissionDenied
        seen = braking.Held(body.validated_data["count"], body.validated_data["until"])
        try:
            with transaction.atomic():
                confirming.confirm(campaign.pk, seen, clock.now())
        except confirming.NotPossible as error:
            raise Conflict(str(error), error.code) from error
        return Response({"confirmed": seen.people})
