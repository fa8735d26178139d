"""`notes`: what colleagues wrote down about contacts."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.fields import QueryFilter, TruthField
from api.routers import resource
from api.serializers import ModelSerializer
from contacts.values import checked
from desk.api.shapes import ContactFilter, ContactIdField, DeskViews, UserIdField
from desk.models import Note
from desk.services import checking
from desk.words import NoteKind

EXAMPLE = {"contact": "1204", "kind": "call", "text": "Wants an offer for twelve places."}


@extend_schema_serializer(examples=[OpenApiExample("After a call", EXAMPLE, request_only=True)])
class NoteSerializer(ModelSerializer[Note]):
    """A note; who wrote it is who the token speaks for."""

    contact = ContactIdField()
    kind = serializers.ChoiceField(NoteKind.choices, required=False)
    text = serializers.CharField()
    pinned = TruthField(required=False, help_text="Whether it stands above the others.")
    author = UserIdField(read_only=True)

    class Meta:
        model = Note
        fields: ClassVar = [
            *("id", "contact", "kind", "text", "pinned", "author"),
            *("version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["created_at", "updated_at"]

    def validate_text(self, text: str) -> str:
        """Check the text."""
        return str(checked(checking.text, text, required=True))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leave a note with the contact it is about."""
        if self.instance is not None:
            attrs.pop("contact", None)
        return attrs


@resource("notes")
class NoteViews(DeskViews[Note]):
    """Notes about contacts."""

    kind = "notes"
    queryset = Note.objects.all()
    serializer_class = NoteSerializer
    sorts = ("created_at",)
    filters: ClassVar = {
        "contact": ContactFilter(),
        "kind": QueryFilter(serializers.ChoiceField(NoteKind.values), "kind"),
        "pinned": QueryFilter(TruthField(), "pinned"),
    }

    def create_one(self, values: dict[str, Any]) -> Note:
        """Write it down."""
        return Note.objects.create(**values, author_id=self.caller.pk)
