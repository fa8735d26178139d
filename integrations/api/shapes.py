"""What connections and pushes look like over REST."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers

from api.fields import DocumentField, IdField, MomentField, TruthField
from api.serializers import ModelSerializer, Serializer
from integrations.models import Connection, Push, PushState
from integrations.services import mapping
from integrations.services.log import STATES
from integrations.services.saying import said

KEPT = "hidden"
MOST = 1_000
EXAMPLE = {
    "name": "EspoCRM",
    "connector": "integrations.rest",
    "settings": {
        "base_url": "https://crm.example.com/api/v1",
        "auth": "header",
        "header": "X-Api-Key",
        "secret": "…",
        "find_path": "Contact?where[0][type]=equals&where[0][attribute]=emailAddress"
        "&where[0][value]={match}",
        "find_id": "list.0.id",
        "create_path": "Contact",
        "create_id": "id",
        "update_path": "Contact/{id}",
        "update_method": "PUT",
    },
    "match": "contact.email",
    "mapping": [
        {"remote": "emailAddress", "source": "contact.email"},
        {"remote": "lastName", "source": "contact.last_name", "empty": "clear"},
        {"remote": "description", "source": "text", "text": "from Relais"},
    ],
    "active": True,
}


@extend_schema_serializer(examples=[OpenApiExample("EspoCRM", EXAMPLE, request_only=True)])
class ConnectionSerializer(ModelSerializer[Connection]):
    """Another system, how it is reached, and which of its fields are filled with what."""

    active = TruthField(required=False)
    settings = DocumentField(
        required=False,
        help_text=_(
            "What the connector asks for; taken whole. Secrets are written, never read: one that"
            " is left out stays, unless the address is another."
        ),
    )
    secrets = serializers.SerializerMethodField(
        help_text=_("The names of the settings that hold a secret.")
    )
    mapping = DocumentField(
        required=False,
        help_text=_("Lines of `remote`, `source`, `text` and `empty` (`leave` or `clear`)."),
    )
    match = serializers.CharField(required=False, max_length=100)
    trouble = serializers.SerializerMethodField(help_text=_("Why it is paused, in words."))

    class Meta:
        model = Connection
        fields: ClassVar = [
            *("id", "name", "description", "connector", "settings", "secrets", "secrets_at"),
            *("match", "mapping", "active", "paused_until", "trouble"),
            *("version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["secrets_at", "paused_until", "created_at", "updated_at"]

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_secrets(self, row: Connection) -> list[str]:
        """Name what is set."""
        return sorted(row.secrets)

    def get_trouble(self, row: Connection) -> str:
        """Say it in words."""
        return said(row.trouble)

    def to_representation(self, instance: Connection) -> dict[str, Any]:
        """Leave out which sensitive fields are sent, for whoever may not see them."""
        told = super().to_representation(instance)
        kept = mapping.kept_from_reader(instance.mapping, instance.match)
        if kept:
            told["mapping"] = [
                {**line, "source": KEPT} if line["source"] in kept else line
                for line in instance.mapping
            ]
            told["match"] = KEPT if instance.match in kept else instance.match
        return told


class PushSerializer(ModelSerializer[Push]):
    """A push, and what became of it."""

    contact = IdField(source="contact_id")
    state = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField(help_text=_("Why not, in words."))
    due_at = MomentField(allow_null=True, help_text=_("null: it is over, or waits for a person"))
    finished_at = MomentField(allow_null=True)

    class Meta:
        model = Push
        fields: ClassVar = [
            *("id", "contact", "state", "problem", "attempts", "version", "due_at", "made_at"),
            "finished_at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "enum": [*STATES, "merged"]})
    def get_state(self, row: Push) -> str:
        """Name it."""
        return PushState(row.state).name.lower()

    def get_problem(self, row: Push) -> str:
        """Say it in words."""
        return said(row.problem)


class PushListSerializer(Serializer):
    """A page of pushes."""

    results = PushSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class ConnectionTestedSerializer(Serializer):
    """What came of a test."""

    works = TruthField()
    words = serializers.CharField()
    status = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(
        help_text=_("The beginning of what the system said; empty for whom something is hidden.")
    )


class FieldsThereSerializer(Serializer):
    """The fields of the other system."""

    fields_there = serializers.ListField(child=serializers.CharField())


class PreviewedSerializer(Serializer):
    """A contact."""

    contact = IdField()


class PushPreviewSerializer(Serializer):
    """What would be sent."""

    body = DocumentField()


class PushingContactsSerializer(Serializer):
    """Whom to push."""

    contacts = serializers.ListField(child=IdField(), min_length=1, max_length=MOST)


class RetryingPushesSerializer(Serializer):
    """Which pushes to try again; without a list all that failed or wait for a person."""

    pushes = serializers.ListField(child=IdField(), min_length=1, max_length=MOST, required=False)


class PushesAskedSerializer(Serializer):
    """How many contacts are being pushed."""

    asked = serializers.IntegerField()
    waiting = serializers.IntegerField(
        help_text=_("How many of them wait for somebody to look whether they were made already.")
    )


class PushesAgainSerializer(Serializer):
    """How many contacts are pushed once more."""

    asked = serializers.IntegerField()
    left = serializers.IntegerField(
        help_text=_("How many are left for the next request: at most 10,000 are taken at a time.")
    )
