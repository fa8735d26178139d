"""That an address is valid, whatever a server said: one act, with who says so and why."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.routers import endpoint
from api.serializers import Serializer
from contacts.api.consents import find_contact, source_of
from contacts.api.shapes import ContactSerializer
from contacts.services import consent
from contacts.services.reading import flat
from contacts.values import checked
from contacts.values.text import line
from kernel import clock


class ValidSerializer(Serializer):
    """Why the address is believed again."""

    proof = serializers.CharField(
        max_length=300, help_text=str(_("How you know: she wrote from it, the server was mended …"))
    )

    def validate_proof(self, value: str) -> str:
        """Check it as all texts."""
        return checked(line, value)


@endpoint("contacts/<int:number>/email/valid", name="contact-address-valid")
class Valid(ApiView):
    """Lifts hard and soft bounces; what the person said stays as it is."""

    kind = "contacts"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=ValidSerializer, responses=ContactSerializer)
    def post(self, request: Request, number: int) -> Response:
        """Note it; where nothing had bounced, nothing changes."""
        contact = find_contact(self.caller, number, "edit")
        body = ValidSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = source_of(request, body.validated_data["proof"])
        consent.believe([contact], said, clock.now())
        return Response(flat([contact])[0])
