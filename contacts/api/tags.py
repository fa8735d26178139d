"""`tags`: the words people file contacts under."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.errors import Conflict
from api.fields import QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from contacts.models import Tag
from contacts.services import counting, tags
from contacts.values import checked
from kernel import clock


class TagList(serializers.ListSerializer[Any]):
    """A page of tags."""

    def to_representation(self, data: Iterable[Tag]) -> list[dict[str, Any]]:  # type: ignore[override]
        """Count the people of all of them at once."""
        rows = list(data)
        counting.attach(rows, counting.TAGGED, self.context["request"].user)
        shown: TagSerializer = self.child  # type: ignore[assignment]
        return [shown.shown(row) for row in rows]


class TagSerializer(ModelSerializer[Tag]):
    """A tag."""

    name = serializers.CharField(max_length=tags.LONGEST)
    contacts = serializers.IntegerField(
        read_only=True,
        source="people",
        allow_null=True,
        help_text="Of contacts one may see; an estimate above 10,000.",
    )

    class Meta:
        model = Tag
        list_serializer_class = TagList
        fields: ClassVar = ["id", "name", "contacts", "created_at"]
        read_only_fields: ClassVar = ["created_at"]

    def to_representation(self, instance: Tag) -> dict[str, Any]:
        """Count its people first."""
        counting.attach([instance], counting.TAGGED, self.context["request"].user)
        return self.shown(instance)

    def shown(self, row: Tag) -> dict[str, Any]:
        """Write a tag whose people are counted."""
        return super().to_representation(row)

    def validate_name(self, name: str) -> str:
        """Check the name as everywhere, and that it is free."""
        name = checked(tags.clean_name, name)
        found = tags.find([name]).get(name)
        if found is not None and found != getattr(self.instance, "pk", None):
            raise Conflict(_("There is a tag of this name."), "taken", "name")
        return name


@resource("tags")
class TagViews(ResourceViews[Tag]):
    """Tags are made by using them, too."""

    kind = "tags"
    owner = None
    queryset = Tag.objects.all()
    serializer_class = TagSerializer
    sorts = ("name", "created_at")
    filters: ClassVar = {
        "name": QueryFilter(serializers.CharField(), "name__iexact"),
        "contains": QueryFilter(serializers.CharField(), "name__icontains"),
    }

    def create_one(self, values: dict[str, Any]) -> Tag:
        """Make it."""
        name = values["name"]
        return Tag.objects.get(pk=tags.find_or_make([name], clock.now())[name])

    def change_one(self, row: Tag, values: dict[str, Any]) -> Tag:
        """Rename it."""
        return tags.rename(row, values.get("name", row.name))

    def delete_one(self, row: Tag) -> None:
        """Take it off everybody, unless something names it."""
        tags.delete(row)
