"""Shapes of answers that are no rows: figures, and an email as one contact gets it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.fields import MomentField
from content.message import Rendered

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
    "opened": 402,
    "opened_by_machine_only": 95,
    "clicked": 77,
    "unsubscribed": 2,
    "skipped_by_reason": {"unsubscribed": 14, "no_address": 4, "duplicate_address": 2},
}


@extend_schema_serializer(examples=[OpenApiExample("After a broadcast", FIGURES)])
class MessageFiguresSerializer(serializers.Serializer[None]):
    """What became of every message; opens and clicks count readers, each once."""

    selected = serializers.IntegerField(help_text="Everybody who was to get it.")
    queued = serializers.IntegerField()
    claimed = serializers.IntegerField()
    sending = serializers.IntegerField()
    sent = serializers.IntegerField(help_text="Taken over by the receiving server.")
    failed = serializers.IntegerField(help_text="Refused for good.")
    uncertain = serializers.IntegerField(help_text="May have arrived; never sent again by itself.")
    skipped = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    skipped_by_reason = serializers.DictField(child=serializers.IntegerField())
    opened = serializers.IntegerField(help_text="Readers who opened it, by person or likely so.")
    opened_by_machine_only = serializers.IntegerField()
    clicked = serializers.IntegerField()
    unsubscribed = serializers.IntegerField(help_text="Through this email.")


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why a contact would, or would not, get an email now."""

    sends = serializers.BooleanField(help_text="It would go out at once.")
    selected = serializers.BooleanField(
        allow_null=True, help_text="A broadcast would choose the contact; null for other emails."
    )
    reason = serializers.CharField(allow_null=True, help_text="A code of docs/api.md.")
    explanation = serializers.CharField(allow_null=True)
    waits_until = MomentField(
        allow_null=True, help_text="When it would go out; null: it would be left out."
    )
    opens_measured = serializers.BooleanField()
    clicks_measured = serializers.BooleanField()


class PreviewSerializer(serializers.Serializer[Rendered]):
    """An email as one contact gets it; its links lead nowhere."""

    subject = serializers.CharField()
    from_name = serializers.CharField()
    from_address = serializers.CharField()
    reply_to = serializers.CharField()
    html = serializers.CharField()
    text = serializers.CharField()
