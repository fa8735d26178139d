"""`topics`: what mails are about, with the names visitors read."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.errors import Conflict
from api.fields import QueryFilter, TruthField
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from contacts.models import Topic
from contacts.services import topics
from contacts.values import checked
from kernel import clock

EXAMPLE = {"name": "Offers", "labels": {"fr": "Offres", "en": "Offers"}, "public": True}


@extend_schema_serializer(examples=[OpenApiExample("Offers", EXAMPLE, request_only=True)])
class TopicSerializer(ModelSerializer[Topic]):
    """A topic."""

    name = serializers.CharField(max_length=topics.LONGEST)
    labels = serializers.JSONField(required=False, help_text='{"fr": …, "en": …}')
    public = TruthField(
        required=False, help_text="Whether people find it on their preference page."
    )

    class Meta:
        model = Topic
        fields: ClassVar = ["id", "name", "labels", "public", "version", "created_at", "updated_at"]
        read_only_fields: ClassVar = ["created_at", "updated_at"]
        validators: ClassVar[list[Any]] = []

    def validate_name(self, name: str) -> str:
        """Check the name, and that it is free."""
        name = checked(topics.clean_name, name)
        others = Topic.objects.exclude(pk=getattr(self.instance, "pk", 0))
        if others.filter(name__iexact=name).exists():
            raise Conflict(_("There is a topic of this name."), "taken", "name")
        return name

    def validate_labels(self, labels: Any) -> dict[str, str]:
        """Check the labels."""
        found: dict[str, str] = checked(topics.clean_labels, labels)
        return found


@resource("topics")
class TopicViews(ResourceViews[Topic]):
    """Topics: an email has one, and people may leave it."""

    kind = "topics"
    owner = None
    queryset = Topic.objects.all()
    serializer_class = TopicSerializer
    sorts = ("name", "created_at")
    filters: ClassVar = {"name": QueryFilter(serializers.CharField(), "name__iexact")}

    def create_one(self, values: dict[str, Any]) -> Topic:
        """Make it."""
        now = clock.now()
        return Topic.objects.create(**values, created_at=now, updated_at=now)

    def delete_one(self, row: Topic) -> None:
        """Delete it, unless an email is about it."""
        topics.delete(row)
