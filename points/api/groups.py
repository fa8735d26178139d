"""`point-groups`: scores of their own beside the total."""

from typing import Any, ClassVar

from rest_framework import serializers

from api.fields import QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from kernel import usage
from points.models import PointGroup
from points.models.scores import BEYOND, WHOLE


class PointGroupSerializer(ModelSerializer[PointGroup]):
    """A score of its own, such as one for each product."""

    class Meta:
        model = PointGroup
        fields: ClassVar = [
            *("id", "name", "description", "decay_days", "decay_loss", "decay_unit"),
            *("decay_floor", "version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["created_at", "updated_at"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse to take more than there is."""
        told = {name: getattr(self.instance, name, None) for name in ("decay_unit", "decay_loss")}
        told |= attrs
        if told["decay_unit"] == PointGroup.Unit.PERCENT and (told["decay_loss"] or 0) > WHOLE:
            raise serializers.ValidationError({"decay_loss": [BEYOND]}, "invalid")
        return attrs


@resource("point-groups")
class PointGroupViews(ResourceViews[PointGroup]):
    """Groups of points; the scores in one that is deleted go with it."""

    kind = "point_groups"
    queryset = PointGroup.objects.all()
    serializer_class = PointGroupSerializer
    sorts = ("name", "created_at")
    filters: ClassVar = {"name": QueryFilter(serializers.CharField(), "name__icontains")}

    def delete_one(self, row: PointGroup) -> None:
        """Delete it unless something names it."""
        usage.refuse_if_used("point_group", row.pk)
        row.delete()
