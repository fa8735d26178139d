"""What is written to texts: their content, and what is to be sent."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.fields import Reference
from channels.rest.bodies import MessageSerializer, Sending
from sms.models import Text
from sms.services.editing import LONGEST

EXAMPLE = {
    "name": "Reminder",
    "type": "template",
    "body": "{{ contact.first_name|default('Hello') }}, see you tomorrow. STOP to unsubscribe",
}


@extend_schema_serializer(examples=[OpenApiExample("A reminder", EXAMPLE, request_only=True)])
class TextSerializer(MessageSerializer[Text]):
    """A text as people edit it."""

    of_a_translation = _("Name the text that is translated, not one of its translations.")

    body = serializers.CharField(max_length=LONGEST, trim_whitespace=False)
    translation_of = Reference[Text](
        queryset=Text.objects.all(), kind="sms", required=False, allow_null=True
    )

    class Meta:
        model = Text
        fields = [
            *("id", "name", "type", "kind", "state", "body", "language", "translation_of"),
            *("segments", "excluded_segments"),
            *("owner", "version", "created_at", "updated_at"),
        ]
        read_only_fields = ["owner", "version", "created_at", "updated_at"]


class SendTextSerializer(Sending):
    """What is to be sent: a broadcast now or later, or this text to one contact."""
