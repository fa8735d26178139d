"""REST of text messages: write, look at, send, count."""

from api.routers import resource
from channels.rest import messages
from sms.api.bodies import SendTextSerializer, TextSerializer
from sms.api.deliveries import TextDeliverySerializer
from sms.api.runs import BegunTextSerializer
from sms.api.shapes import (
    TextExplanationSerializer,
    TextFiguresSerializer,
    TextPreviewSerializer,
)
from sms.models import Text
from sms.services.channel import SMS


@resource("sms")
@messages.documented(TextFiguresSerializer)
class TextViews(messages.MessageViews[Text]):
    """Texts: templates that campaigns and others send, and broadcasts."""

    channel = SMS
    kind = "sms"
    queryset = Text.objects.prefetch_related("segments", "excluded_segments")
    serializer_class = TextSerializer
    asked, begun, delivery = SendTextSerializer, BegunTextSerializer, TextDeliverySerializer
    previewed, explained = TextPreviewSerializer, TextExplanationSerializer
