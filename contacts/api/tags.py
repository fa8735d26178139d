"""`tags`: the words people file contacts under."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.errors import Conflict
from api.fields import QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from contacts.models import Tag
from contacts.services import tags
from contacts.values import ValueProblem
from kernel import clock


class TagSerializer(ModelSerializer[Tag]):
    """A tag."""

    name = serializers.CharField(max_length=tags.LONGEST)
    contacts = serializers.IntegerField(read_only=True, source="uses", default=0)

    class Meta:
        model = Tag
        fields: ClassVar = ["id", "name", "contacts", "created_at"]
        read_only_fields: ClassVar = ["created_at"]

    def validate_name(self, name: str) -> str:
        """Check the name as everywhere, and that it is free."""
        try:
            name = tags.clean_name(name)
        except ValueProblem as problem:
            raise serializers.ValidationError(problem.message, problem.code) from problem
        found = tags.find([name]).get(name)
        if found is not None and found != getattr(self.instance, "pk", None):
            raise Conflict(_("There is a tag of this name."), "taken", "name")
        return name


def counted() -> models.QuerySet[Tag]:
    """Return the tags, each with the number of its contacts."""
    return Tag.objects.annotate(uses=models.Count("contacttag"))


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
