"""`fields`: custom fields of contacts and companies."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused
from api.fields import QueryFilter, TruthField
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from contacts.models import Field
from contacts.models.field import FieldType
from contacts.services import fields
from contacts.services.fields import losing
from kernel import clock


class FieldSerializer(ModelSerializer[Field]):
    """A field; what may stand in it is checked by the service, all faults at once."""

    object = serializers.ChoiceField(Field.Object.choices, default=Field.Object.CONTACT)
    type = serializers.ChoiceField(FieldType.choices)
    alias = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    label = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_blank=True
    )
    labels = serializers.JSONField(required=False, help_text='{"fr": …, "en": …}')
    options = serializers.JSONField(
        required=False, help_text='["v"] or [{"value", "label", "labels"}]'
    )
    default = serializers.JSONField(required=False, allow_null=True)
    decimals = serializers.JSONField(required=False, help_text="0 to 6")

    class Meta:
        model = Field
        fields: ClassVar = [
            "id",
            "object",
            "alias",
            "type",
            "label",
            "labels",
            "options",
            "default",
            "decimals",
            "required",
            "unique",
            "indexed",
            "public",
            "listed",
            "sensitive",
            "group",
            "order",
            "help_text",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields: ClassVar = ["created_at", "updated_at"]
        # Uniqueness of the alias is the service's, with its place.
        validators: ClassVar[list[Any]] = []


@resource("fields")
class FieldViews(ResourceViews[Field]):
    """What a contact may have beside the core fields."""

    kind = "fields"
    owner = None
    queryset = Field.objects.all()
    serializer_class = FieldSerializer
    sorts = ("alias", "created_at", "order")
    filters: ClassVar = {
        "object": QueryFilter(serializers.ChoiceField(Field.Object.choices), "object"),
        "alias": QueryFilter(serializers.CharField(), "alias"),
        "type": QueryFilter(serializers.ChoiceField(FieldType.choices), "type"),
        "indexed": QueryFilter(TruthField(), "indexed"),
    }

    def create_one(self, values: dict[str, Any]) -> Field:
        """Make it."""
        return fields.create(values, clock.now())

    def change_one(self, row: Field, values: dict[str, Any]) -> Field:
        """Change it."""
        return fields.change(row, values, clock.now())

    def known_parameters(self) -> Any:
        """A deletion says whether values may go with it."""
        known = super().known_parameters()
        return ("with_values",) if self.action == "destroy" else known

    @extend_schema(
        parameters=[
            OpenApiParameter("with_values", bool, description=_("Whether values may go with it."))
        ]
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete it, unless something names it: 409 while it holds values, but `with_values`."""
        row, asked = self.get_object(), request.query_params.get("with_values", "false")
        if asked not in {"true", "false"}:
            raise Refused(_("True or false is expected."), "invalid", "with_values")
        fields.refuse_hidden(row)
        if asked == "false" and losing.holds_values(row):
            message = _("Values would go with this field: with_values=true takes them along.")
            raise Conflict(message, "holds_values")
        fields.delete(row, clock.now())
        return Response(status=204)
