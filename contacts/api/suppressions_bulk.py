"""`suppressions/bulk`: up to 5,000 addresses, domains or hashes put on the list at once."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Problem, problem, problems_of
from api.routers import endpoint
from api.serializers import Serializer
from api.trail import Trail
from contacts.api.bulk import RejectSerializer
from contacts.api.suppressions import BELOW
from contacts.models import Suppression
from contacts.services.suppressing import MOST, Entry, add_many
from contacts.words import Channel, Reason
from kernel import clock


class EntrySerializer(Serializer):
    """One entry; its value is checked with all the others' at once."""

    value = serializers.CharField(max_length=320)
    kind = serializers.ChoiceField(Suppression.Kind.choices, default=Suppression.Kind.ADDRESS)
    channel = serializers.ChoiceField(Channel.choices, default=Channel.EMAIL)
    reason = serializers.ChoiceField(Reason.choices, default=Reason.MANUAL)
    below = serializers.BooleanField(required=False, help_text=BELOW)
    comment = serializers.CharField(max_length=1_000, allow_blank=True, default="")


class EntriesSerializer(Serializer):
    """Who is never to be written to."""

    entries = EntrySerializer(many=True, allow_empty=False)


class RequestSerializer(Serializer):
    """The same, with entries that are looked at one by one."""

    entries = serializers.ListField(
        child=serializers.JSONField(), allow_empty=False, max_length=MOST
    )


class AddedSerializer(Serializer):
    """What became of them."""

    added = serializers.IntegerField()
    known = serializers.IntegerField(help_text=str(_("These stood on the list already.")))
    widened = serializers.IntegerField(help_text=str(_("Of these, `below` was said, and new.")))
    rejected = RejectSerializer(many=True)


@endpoint("suppressions/bulk", name="suppressions-bulk")
class SuppressionsBulk(ApiView):
    """Many entries in one request: each is taken, or told with what is wrong with it."""

    kind = "suppressions"
    verbs: ClassVar = {"post": "create"}

    def trail(self) -> Trail:
        """Keep how many there were, and no address."""
        return Trail.NAMES

    @extend_schema(request=EntriesSerializer, responses=AddedSerializer)
    def post(self, request: Request) -> Response:
        """Put on the list what can be; what stands there already is at most widened."""
        body = RequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        entries, rejected = _read(body.validated_data["entries"])
        places = list(entries)
        result = add_many(list(entries.values()), clock.now())
        for number, why in result.problems.items():
            rejected[places[number]] = [problem(why.message, why.code, "value")]
        told = [{"index": place, "errors": rejected[place]} for place in sorted(rejected)]
        numbers = {"added": result.added, "known": result.known, "widened": result.widened}
        return Response({**numbers, "rejected": told})


def _read(given: Sequence[Any]) -> tuple[dict[int, Entry], dict[int, list[Problem]]]:
    """Check each entry by itself; return by place those that are sound, and what is wrong."""
    entries, rejected = dict[int, Entry](), dict[int, list[Problem]]()
    reader = EntrySerializer()
    for place, one in enumerate(given):
        try:
            entries[place] = Entry(**reader.run_validation(one))
        except serializers.ValidationError as error:
            rejected[place] = list(problems_of(error))
    return entries, rejected
