"""What `segments/{id}/contacts` takes and answers: who decided about members."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api.fields import IdField
from api.serializers import Serializer
from segments.models import Member

MOST_BY_HAND = 10_000
LISTS = ("add", "remove", "follow")
# Whose decision a list of members is narrowed by; *removed* lists who is none.
ORIGINS = {
    "filter": Member.Origin.FILTER,
    "added": Member.Origin.ADDED,
    "removed": Member.Origin.REMOVED,
}
BY = OpenApiParameter("by", enum=list(ORIGINS), description="Whose decision it was.")


class ByHandSerializer(Serializer):
    """Contacts to add and to remove by hand, and those about whom the filter decides again."""

    add = serializers.ListField(child=IdField(), required=False, max_length=MOST_BY_HAND)
    remove = serializers.ListField(child=IdField(), required=False, max_length=MOST_BY_HAND)
    follow = serializers.ListField(child=IdField(), required=False, max_length=MOST_BY_HAND)


class ChangedSerializer(Serializer):
    """How many contacts entered and left, and of how many the filter decides again."""

    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    followed = serializers.IntegerField(required=False)
    restricted = serializers.IntegerField(
        required=False,
        help_text=str(_("How many were kept out: their processing is restricted.")),
    )
