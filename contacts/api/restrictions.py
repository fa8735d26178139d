"""Restricting the processing of a contact's data, and objecting to it (GDPR, articles 18, 21)."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.routers import endpoint
from api.serializers import Serializer
from contacts.api.consents import find_contact, source_of
from contacts.api.shapes import ContactSerializer, RestrictionSerializer
from contacts.services import restricting
from contacts.services.reading import flat
from contacts.services.restricting import Said
from contacts.values import checked
from contacts.values.text import line, lines
from kernel import clock

TO = ("direct_marketing", "profiling")


class WishedRestriction(RestrictionSerializer):
    """A restriction as it is asked for."""

    def validate_comment(self, value: str) -> str:
        """Check the text."""
        return checked(lines, value, 1_000)


class ObjectionSerializer(Serializer):
    """What a person objects to, and in which words."""

    to = serializers.ChoiceField(TO)
    text = serializers.CharField(max_length=1_000, allow_blank=True, default="")
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=200, allow_blank=True, default="", help_text=str(_("Where it was said."))
    )

    def validate_text(self, value: str) -> str:
        """Check the text."""
        return checked(lines, value, 1_000)

    def validate_source(self, value: str) -> str:
        """Check the text."""
        return checked(line, value)


@endpoint("contacts/<int:number>/restriction", name="contact-restriction")
class Restrictions(ApiView):
    """That a contact is kept, and not worked on."""

    kind = "contacts"
    verbs: ClassVar = {"put": "edit", "delete": "edit"}

    @extend_schema(request=WishedRestriction, responses=RestrictionSerializer)
    def put(self, request: Request, number: int) -> Response:
        """Restrict; the day since when stays when it is put again."""
        contact = find_contact(self.caller, number, "edit")
        body = WishedRestriction(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        said = Said(source_of(request), values["comment"])
        restricting.restrict([contact], values["ground"], said, clock.now())
        return Response(flat([contact])[0]["restriction"])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int) -> Response:
        """Lift it; the log keeps what held."""
        contact = find_contact(self.caller, number, "edit")
        if not restricting.lift([contact], Said(source_of(request)), clock.now()):
            raise NotFound
        return Response(status=204)


@endpoint("contacts/<int:number>/objections", name="contact-objections")
class Objections(ApiView):
    """That a contact objects to direct marketing, or to profiling."""

    kind = "contacts"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=ObjectionSerializer, responses=ContactSerializer)
    def post(self, request: Request, number: int) -> Response:
        """Note it as refusals with proof; direct marketing closes every channel, too."""
        contact = find_contact(self.caller, number, "edit")
        body = ObjectionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        said = Said(source_of(request, values["source"]), values["text"])
        marketing = values["to"] == TO[0]
        noted = restricting.object_to_marketing if marketing else restricting.object_to_profiling
        noted([contact], said, clock.now())
        return Response(flat([contact])[0], status=201)
