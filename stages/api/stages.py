"""`stages`: how far people have come."""

from typing import ClassVar

from rest_framework import serializers

from api.fields import QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from kernel import usage
from stages.models import Stage
from stages.services.moving import everybody_in, leave


class StageSerializer(ModelSerializer[Stage]):
    """A stage; smaller weights come first."""

    class Meta:
        model = Stage
        fields: ClassVar = [
            *("id", "name", "description", "weight", "version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["created_at", "updated_at"]


@resource("stages")
class StageViews(ResourceViews[Stage]):
    """Stages; whoever is in one that is deleted is in none."""

    kind = "stages"
    queryset = Stage.objects.all()
    serializer_class = StageSerializer
    sorts = ("name", "weight", "created_at")
    filters: ClassVar = {"name": QueryFilter(serializers.CharField(), "name__icontains")}

    def delete_one(self, row: Stage) -> None:
        """Delete it unless something names it."""
        usage.refuse_if_used("stage", row.pk)
        leave(everybody_in(row.pk))
        row.delete()
