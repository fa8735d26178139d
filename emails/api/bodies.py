"""What is written to emails: their content, and what is to be sent."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.fields import MomentField, Reference
from api.serializers import ModelSerializer, Serializer
from contacts.models import Contact, Topic
from contacts.values import ValueProblem, places
from emails.models import Email
from emails.services.senders import Senders
from kernel import clock
from segments.models import Segment

EARLIEST, LATEST = timedelta(hours=1), timedelta(days=731)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


class ContentField(serializers.CharField):
    """Text an author wrote: kept as it is, spaces at the ends included."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "allow_blank": True, "trim_whitespace": False, **kwargs}
        )


EXAMPLE = {
    "name": "Welcome",
    "type": "template",
    "subject": "Welcome, {{ contact.first_name|default('friend') }}",
    "html": "<p>Good to have you. <a href='https://example.com/start'>Begin here</a></p>",
}


@extend_schema_serializer(examples=[OpenApiExample("Welcome", EXAMPLE, request_only=True)])
class EmailSerializer(ModelSerializer[Email]):
    """An email as people edit it."""

    html = ContentField()
    mjml = ContentField()
    text = ContentField()
    subject = ContentField(required=True, allow_blank=False, max_length=1000)
    preheader = ContentField(max_length=1000)
    translation_of = Reference[Email](
        queryset=Email.objects.all(), kind="emails", required=False, allow_null=True
    )

    topic = Reference[Topic](queryset=Topic.objects.all(), required=False, allow_null=True)
    segments: Any = Reference(
        queryset=Segment.objects.all(), kind="segments", many=True, required=False
    )
    excluded_segments: Any = Reference(
        queryset=Segment.objects.all(), kind="segments", many=True, required=False
    )

    class Meta:
        model = Email
        fields = [
            *("id", "name", "type", "kind", "state", "subject", "preheader", "html", "mjml"),
            *("text", "from_name", "from_address", "reply_to", "language", "translation_of"),
            *("topic", "segments", "excluded_segments"),
            *("owner", "version", "created_at", "updated_at"),
        ]
        read_only_fields = ["owner", "version", "created_at", "updated_at"]

    def validate_language(self, language: str) -> str:
        """Take a language tag."""
        if not _LANGUAGE.fullmatch(language):
            raise serializers.ValidationError(_("A language is written en or fr-CA."), "invalid")
        try:
            places.locale(language)
        except ValueProblem as problem:
            raise serializers.ValidationError(problem.message, problem.code) from problem
        return language

    def validate_from_address(self, address: str) -> str:
        """Take a sender that the caller's role may use; tokens are looked at when it is sent."""
        role = str(self.context["request"].user.role_id)
        plain = address.strip()
        if plain and "{{" not in plain and not Senders.read().permit(plain, role):
            message = _("Your role may not send from this address.")
            raise serializers.ValidationError(message, "sender_not_allowed")
        return address

    def validate_translation_of(self, parent: Email | None) -> Email | None:
        """Refuse a translation of a translation, or of itself."""
        if parent is not None and (parent.translation_of_id or parent == self.instance):
            message = _("Name the email that is translated, not one of its translations.")
            raise serializers.ValidationError(message, "invalid")
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
class SendSerializer(Serializer):
    """What is to be sent: a broadcast now or later, or this email to one contact."""

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
