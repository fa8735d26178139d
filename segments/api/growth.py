"""What `segments/{id}/growth` answers."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api.serializers import Serializer
from segments.services.growth import Day

USUAL, MOST = 90, 366
DAYS = OpenApiParameter(
    "days", int, description="How many days, up to today: 1 to 366, 90 unless said."
)


class AskedSerializer(Serializer):
    """How far back to look."""

    days = serializers.IntegerField(min_value=1, max_value=MOST, default=USUAL)


class GrowthDaySerializer(Serializer):
    """One day, in the workspace's zone."""

    day = serializers.DateField()
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    members = serializers.IntegerField(help_text=_lazy("At the end of the day; today, now."))


class GrowthSerializer(Serializer):
    """The days, the first of them first."""

    days = GrowthDaySerializer(many=True)


def told(days: Sequence[Day]) -> dict[str, Any]:
    """Return them as an answer."""
    return {
        "days": [
            {"day": d.day.isoformat(), "entered": d.entered, "left": d.left, "members": d.members}
            for d in days
        ]
    }
