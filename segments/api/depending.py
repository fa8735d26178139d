"""What `segments/{id}/dependencies` answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers

from api.fields import IdField
from api.serializers import Serializer
from segments.services.dependencies import Dependencies, Kin


class RelatedSerializer(Serializer):
    """A segment above or below another; its name only for who may see it."""

    id = IdField()
    name = serializers.CharField(allow_null=True)
    kin = serializers.ListField(
        child=serializers.DictField(), help_text=_lazy("The next level, in the same shape.")
    )


class UseSerializer(Serializer):
    """Something that names the segment."""

    kind = serializers.CharField()
    id = IdField()
    name = serializers.CharField()


class DependenciesSerializer(Serializer):
    """What a segment reads, what reads it, and what else uses it."""

    parents = RelatedSerializer(many=True)
    children = RelatedSerializer(many=True)
    used_by = UseSerializer(many=True)
    hidden = serializers.IntegerField(help_text=_lazy("How many uses you may not see."))


def told(found: Dependencies) -> dict[str, Any]:
    """Write it as JSON."""
    return {
        "parents": [_kin(one) for one in found.parents],
        "children": [_kin(one) for one in found.children],
        "used_by": [
            {"kind": use.kind, "id": str(use.id), "name": use.name} for use in found.used_by
        ],
        "hidden": found.hidden,
    }


def _kin(one: Kin) -> dict[str, Any]:
    return {"id": str(one.id), "name": one.name, "kin": [_kin(next_) for next_ in one.kin]}
