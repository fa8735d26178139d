"""What is written to messages of every channel, and what is to be sent."""

import re
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.fields import MomentField, Reference
from api.serializers import ModelSerializer, Serializer
from channels.models import Message
from contacts.models import Contact
from contacts.values import ValueProblem, places
from kernel import clock
from segments.models import Segment

EARLIEST, LATEST = timedelta(hours=1), timedelta(days=731)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
M = TypeVar("M", bound=Message)


class MessageSerializer(ModelSerializer[M]):
    """A message as people edit it; `of_a_translation` refuses one that is translated already."""

    of_a_translation: Any

    segments: Any = Reference(
        queryset=Segment.objects.all(), kind="segments", many=True, required=False
    )
    excluded_segments: Any = Reference(
        queryset=Segment.objects.all(), kind="segments", many=True, required=False
    )

    def validate_language(self, language: str) -> str:
        """Take a language tag."""
        if not _LANGUAGE.fullmatch(language):
            raise serializers.ValidationError(_("A language is written en or fr-CA."), "invalid")
        try:
            places.locale(language)
        except ValueProblem as problem:
            raise serializers.ValidationError(problem.message, problem.code) from problem
        return language

    def validate_translation_of(self, parent: M | None) -> M | None:
        """Refuse a translation of a translation, or of itself."""
        if parent is not None and (parent.translation_of_id or parent == self.instance):
            raise serializers.ValidationError(self.of_a_translation, "invalid")
        return parent


@extend_schema_serializer(
    examples=[
        OpenApiExample("A broadcast, now", {}, request_only=True),
        OpenApiExample("Tomorrow", {"at": "2026-11-23T08:00:00+01:00"}, request_only=True),
        OpenApiExample("Whoever joined since", {"again": "new_only"}, request_only=True),
        OpenApiExample(
            "One contact", {"contact": "1204", "event": {"order": "A-77"}}, request_only=True
        ),
    ]
)
class Sending(Serializer):
    """What is to be sent: a broadcast now or later, or this message to one contact."""

    at = MomentField(required=False)
    again = serializers.ChoiceField(["new_only"], required=False)
    contact = Reference[Contact](queryset=Contact.objects.all(), kind="contacts", required=False)
    event = serializers.DictField(required=False)

    def validate_at(self, at: datetime) -> datetime:
        """Take an instant somebody can mean; one just past is now."""
        now = clock.now()
        if not now - EARLIEST <= at <= now + LATEST:
            message = _("A time from now to two years ahead is expected.")
            raise serializers.ValidationError(message, "out_of_range")
        return at
