"""Shapes of answers that are no rows: figures, and a text as one contact gets it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.fields import MomentField
from sms.parts import GSM, UCS2
from sms.services.preview import Shown

FIGURES = {
    "selected": 1204,
    "queued": 0,
    "claimed": 0,
    "sending": 0,
    "sent": 1180,
    "failed": 3,
    "uncertain": 1,
    "skipped": 20,
    "cancelled": 0,
    "delivered": 1166,
    "clicked": 77,
    "replied": 9,
    "parts": 1311,
    "skipped_by_reason": {"unsubscribed": 14, "no_address": 4, "duplicate_address": 2},
}


@extend_schema_serializer(examples=[OpenApiExample("After a broadcast", FIGURES)])
class TextFiguresSerializer(serializers.Serializer[None]):
    """What became of every text; clicks and replies count readers, each once."""

    selected = serializers.IntegerField(help_text="Everybody who was to get it.")
    queued = serializers.IntegerField()
    claimed = serializers.IntegerField()
    sending = serializers.IntegerField()
    sent = serializers.IntegerField(help_text="Taken over by the provider.")
    failed = serializers.IntegerField(help_text="Refused, or told not to have arrived.")
    uncertain = serializers.IntegerField(help_text="The provider is asked whether it took them.")
    skipped = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    skipped_by_reason = serializers.DictField(child=serializers.IntegerField())
    delivered = serializers.IntegerField(help_text="Confirmed by the network.")
    clicked = serializers.IntegerField()
    replied = serializers.IntegerField()
    parts = serializers.IntegerField(help_text="What the provider counts and charges.")


class TextExplanationSerializer(serializers.Serializer[Any]):
    """Why a contact would, or would not, get a text now."""

    sends = serializers.BooleanField(help_text="It would go out at once.")
    selected = serializers.BooleanField(
        allow_null=True, help_text="A broadcast would choose the contact; null for other texts."
    )
    reason = serializers.CharField(allow_null=True, help_text="A code of docs/api.md.")
    explanation = serializers.CharField(allow_null=True)
    waits_until = MomentField(
        allow_null=True, help_text="When it would go out; null: it would be left out."
    )


class TextPreviewSerializer(serializers.Serializer[Shown]):
    """A text as one contact gets it; its short links lead nowhere."""

    body = serializers.CharField()
    encoding = serializers.ChoiceField([GSM, UCS2], source="parts.encoding")
    units = serializers.IntegerField(source="parts.units", help_text="Septets, or 16-bit units.")
    parts = serializers.IntegerField(source="parts.parts")
    room = serializers.IntegerField(source="parts.room", help_text="Units left in the last part.")
    varies = serializers.BooleanField(help_text="Other readers' values may make it longer.")
