"""REST of broadcasts on their way: look, pause, resume, cancel."""

from typing import Any

from drf_spectacular.utils import extend_schema_field

from api.fields import IdField
from api.routers import resource
from channels.rest import runs
from emails.api.shapes import MessageFiguresSerializer
from emails.models import Send
from emails.services.channel import EMAILS


class RunSerializer(runs.RunSerializer[Send]):
    """A run, and how far it is."""

    channel = EMAILS
    email = IdField(source="email_id", read_only=True)

    class Meta(runs.RunSerializer.Meta):
        model = Send
        fields = read_only_fields = runs.fields("email")

    @extend_schema_field(MessageFiguresSerializer(allow_null=True))
    def get_statistics(self, run: Send) -> dict[str, Any] | None:
        """Return the figures by state, and why people were left out."""
        return super().get_statistics(run)


class BegunSerializer(runs.Warned, RunSerializer):
    """A run that was just begun, and what its author should know."""

    class Meta(RunSerializer.Meta):
        fields = read_only_fields = [*runs.fields("email"), "warnings"]


@resource("sends")
@runs.documented
class RunViews(runs.RunViews[Send]):
    """Runs of broadcasts; `POST emails/{id}/send` begins them."""

    channel = EMAILS
    kind = "emails"
    owner = "email__owner"
    queryset = Send.objects.select_related("email")
    serializer_class = RunSerializer
    filters = runs.filters("email")
