"""What is written to emails: their content, and what is to be sent."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers

from api.fields import DocumentField, Reference
from channels.rest.bodies import MessageSerializer, Sending
from contacts.models import Topic
from emails.models import Email
from emails.services import audiences
from emails.services.senders import Senders


class ContentField(serializers.CharField):
    """Text an author wrote: kept as it is, spaces at the ends included."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "allow_blank": True, "trim_whitespace": False, **kwargs}
        )


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["key", "name"],
            "properties": {
                "key": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
                "name": {"type": "string", "maxLength": 100},
                "filter": {"type": "object", "nullable": True},
            },
        },
        "maxItems": 20,
    }
)
class AudiencesField(DocumentField):
    """Filters by key; one without a filter is nobody."""


EXAMPLE = {
    "name": "Welcome",
    "type": "template",
    "subject": "Welcome, {{ contact.first_name|default('friend') }}",
    "html": "<p>Good to have you. <a href='https://example.com/start'>Begin here</a></p>",
}


@extend_schema_serializer(examples=[OpenApiExample("Welcome", EXAMPLE, request_only=True)])
class EmailSerializer(MessageSerializer[Email]):
    """An email as people edit it."""

    of_a_translation = _("Name the email that is translated, not one of its translations.")

    html = ContentField()
    mjml = ContentField()
    text = ContentField()
    subject = ContentField(required=True, allow_blank=False, max_length=1000)
    preheader = ContentField(max_length=1000)
    translation_of = Reference[Email](
        queryset=Email.objects.all(), kind="emails", required=False, allow_null=True
    )

    topic = Reference[Topic](queryset=Topic.objects.all(), required=False, allow_null=True)

    audiences = AudiencesField(
        required=False,
        help_text=_("Filters by key, which conditions ask for as audience.KEY."),
    )

    class Meta:
        model = Email
        fields = [
            *("id", "name", "type", "kind", "state", "subject", "preheader", "html", "mjml"),
            *("text", "from_name", "from_address", "reply_to", "language", "translation_of"),
            *("topic", "segments", "excluded_segments", "audiences"),
            *("owner", "version", "created_at", "updated_at"),
        ]
        read_only_fields = ["owner", "version", "created_at", "updated_at"]

    def validate_audiences(self, given: Any) -> list[dict[str, Any]]:
        """Check the filters with the rights of the caller; those that stay are left alone."""
        stored = self.instance.audiences if isinstance(self.instance, Email) else []
        return audiences.checked(given, stored, self.context["request"].user)

    def validate_from_address(self, address: str) -> str:
        """Take a sender that the caller's role may use; tokens are looked at when it is sent."""
        role = str(self.context["request"].user.role_id)
        plain = address.strip()
        if plain and "{{" not in plain and not Senders.read().permit(plain, role):
            message = _("Your role may not send from this address.")
            raise serializers.ValidationError(message, "sender_not_allowed")
        return address


class SendSerializer(Sending):
    """What is to be sent: a broadcast now or later, or this email to one contact."""
