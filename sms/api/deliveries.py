"""`GET sms-deliveries`: the ledger, newest first."""

from django.utils.translation import gettext_lazy as _

from api.fields import IdField
from api.routers import resource
from channels.rest import deliveries
from sms.models import TextDelivery
from sms.services.channel import SMS


class TextDeliverySerializer(deliveries.DeliverySerializer[TextDelivery]):
    """One text to one contact, and what became of it."""

    channel = SMS
    sms = IdField(source="sms_id")

    class Meta:
        model = TextDelivery
        fields = [
            *("id", "sms", "run", "contact", "cause", "state", "reason", "explanation"),
            *("parts", "sid", "status", "attempts", "due_at", "sent_at"),
            *("delivered_at", "clicked_at", "replied_at", "created_at"),
        ]
        read_only_fields = fields


@resource("sms-deliveries")
class TextDeliveryViews(deliveries.DeliveryViews[TextDelivery]):
    """The ledger, of the texts and contacts the caller may see."""

    channel = SMS
    kind = "sms"
    queryset = TextDelivery.objects.all()
    serializer_class = TextDeliverySerializer
    filters = deliveries.filters("sms", _("Id of a text."))
