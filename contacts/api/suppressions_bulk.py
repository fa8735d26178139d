"""`suppressions/bulk`: up to 5,000 addresses, domains or hashes put on the list at once."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.routers import endpoint
from api.serializers import Serializer
from api.trail import Trail
from contacts.models import Suppression
from contacts.services.suppressing import MOST, Entry, add_many
from contacts.values import ValueProblem
from contacts.words import Channel, Reason
from kernel import clock
from kernel.registry import ConfigProblem, Problem


class EntrySerializer(Serializer):
    """One entry; its value is checked with all the others."""

    value = serializers.CharField(max_length=320)
    kind = serializers.ChoiceField(Suppression.Kind.choices, default=Suppression.Kind.ADDRESS)
    channel = serializers.ChoiceField(Channel.choices, default=Channel.EMAIL)
    reason = serializers.ChoiceField(Reason.choices, default=Reason.MANUAL)
    comment = serializers.CharField(max_length=1_000, allow_blank=True, default="")


class EntriesSerializer(Serializer):
    """Who is never to be written to."""

    entries = EntrySerializer(many=True, allow_empty=False)

    def validate_entries(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse more than one request may hold."""
        if len(value) > MOST:
            message = _("At most %(most)s at once.") % {"most": MOST}
            raise serializers.ValidationError(message, "too_many")
        return value


class AddedSerializer(Serializer):
    """What became of them."""

    added = serializers.IntegerField()
    known = serializers.IntegerField(help_text=str(_("These stood on the list already.")))


@endpoint("suppressions/bulk", name="suppressions-bulk")
class SuppressionsBulk(ApiView):
    """Many entries in one request: all of them, or none."""

    kind = "suppressions"
    verbs: ClassVar = {"post": "create"}

    def trail(self) -> Trail:
        """Keep how many there were, and no address."""
        return Trail.NAMES

    @extend_schema(request=EntriesSerializer, responses=AddedSerializer)
    def post(self, request: Request) -> Response:
        """Put them on the list; what stands there already stays as it is."""
        body = EntriesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        entries = [Entry(**one) for one in body.validated_data["entries"]]
        result = add_many(entries, clock.now())
        if result.problems:
            # Nothing was written: the whole request is taken back.
            raise ConfigProblem([_said(place, why) for place, why in result.problems.items()])
        return Response({"added": result.added, "known": result.known})


def _said(place: int, why: ValueProblem) -> Problem:
    return {"field": f"entries.{place}.value", "code": why.code, "message": why.message}
