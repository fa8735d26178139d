"""REST of broadcasts by SMS on their way: look, pause, resume, cancel."""

from typing import Any

from drf_spectacular.utils import extend_schema_field

from api.fields import IdField
from api.routers import resource
from channels.rest import runs
from sms.api.shapes import TextFiguresSerializer
from sms.models import TextRun
from sms.services.channel import SMS


class TextRunSerializer(runs.RunSerializer[TextRun]):
    """A run, and how far it is."""

    channel = SMS
    sms = IdField(source="sms_id", read_only=True)

    class Meta(runs.RunSerializer.Meta):
        model = TextRun
        fields = read_only_fields = runs.fields("sms")

    @extend_schema_field(TextFiguresSerializer(allow_null=True))
    def get_statistics(self, run: TextRun) -> dict[str, Any] | None:
        """Return the figures by state, and why people were left out."""
        return super().get_statistics(run)


class BegunTextSerializer(runs.Warned, TextRunSerializer):
    """A run that was just begun, and what its author should know."""

    class Meta(TextRunSerializer.Meta):
        fields = read_only_fields = [*runs.fields("sms"), "warnings"]


@resource("sms-sends")
@runs.documented
class TextRunViews(runs.RunViews[TextRun]):
    """Runs of broadcasts; `POST sms/{id}/send` begins them."""

    channel = SMS
    kind = "sms"
    owner = "sms__owner"
    queryset = TextRun.objects.select_related("sms")
    serializer_class = TextRunSerializer
    filters = runs.filters("sms")
