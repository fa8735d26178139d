"""`privacy/register`: the register of processing."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.routers import endpoint
from api.serializers import Serializer
from contacts.services.register import register


class EntrySerializer(Serializer):
    """One thing that is done with personal data."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    purpose = serializers.CharField()
    whose = serializers.CharField()
    basis = serializers.CharField()
    data = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    kept = serializers.ListField(child=serializers.CharField())
    recipients = serializers.ListField(child=serializers.CharField())


class RegisterSerializer(Serializer):
    """The whole register."""

    controller = serializers.CharField()
    address = serializers.CharField()
    entries = EntrySerializer(many=True)
    measures = serializers.ListField(child=serializers.CharField())


@endpoint("privacy/register")
class Processing(ApiView):
    """What is done with personal data here (GDPR, article 30)."""

    kind = "privacy"

    @extend_schema(responses=RegisterSerializer)
    def get(self, request: Request) -> Response:
        """Tell it as this installation stands now."""
        return Response(asdict(register()))
