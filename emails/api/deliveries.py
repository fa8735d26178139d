"""`GET deliveries`: the ledger, newest first."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import IdField
from api.routers import resource
from channels.rest import deliveries
from emails.models import Delivery
from emails.services.channel import EMAILS
from emails.services.identity import message_id


class DeliverySerializer(deliveries.DeliverySerializer[Delivery]):
    """One message to one contact, and what became of it."""

    channel = EMAILS
    email = IdField(source="email_id")
    message_id = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields = [
            *("id", "email", "run", "contact", "cause", "state", "reason", "explanation"),
            "message_id",
            *("attempts", "due_at", "sent_at", "opened_at", "clicked_at", "created_at"),
            *("bounced_at", "complained_at", "replied_at"),
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "example": "<1204.60d57ad1cae5@news.example>"})
    def get_message_id(self, row: Delivery) -> str:
        """Return the id the mail has, or will have."""
        return message_id(row.pk, row.created_at)


@resource("deliveries")
class DeliveryViews(deliveries.DeliveryViews[Delivery]):
    """The ledger, of the emails and contacts the caller may see."""

    channel = EMAILS
    kind = "emails"
    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    filters = deliveries.filters("email", _("Id of an email."))
