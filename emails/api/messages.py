"""REST of emails: write, look at, send, count."""

from django.utils.translation import gettext_lazy as _

from api.fields import IdField, QueryFilter
from api.routers import resource
from channels.rest import messages
from emails.api.bodies import EmailSerializer, SendSerializer
from emails.api.deliveries import DeliverySerializer
from emails.api.runs import BegunSerializer
from emails.api.shapes import (
    ExplanationSerializer,
    MessageFiguresSerializer,
    PreviewSerializer,
)
from emails.models import Email
from emails.services.channel import EMAILS


@resource("emails")
@messages.documented(MessageFiguresSerializer)
class EmailViews(messages.MessageViews[Email]):
    """Emails: templates that campaigns and others send, and broadcasts."""

    channel = EMAILS
    kind = "emails"
    queryset = Email.objects.prefetch_related("segments", "excluded_segments")
    serializer_class = EmailSerializer
    asked, begun, delivery = SendSerializer, BegunSerializer, DeliverySerializer
    previewed, explained = PreviewSerializer, ExplanationSerializer
    filters = {
        **messages.MessageViews.filters,
        "topic": QueryFilter(IdField(), "topic_id", _("Id of a topic.")),
    }
