"""Questions to a filter nobody has saved yet: how many, and why this contact (not)."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import FilterField, IdField, TruthField
from api.routers import endpoint
from api.serializers import Serializer
from kernel import clock, filters
from kernel.permissions import Actor, Reach
from segments.api.segments import visible_contacts


class FilterSerializer(Serializer):
    """A filter."""

    filter = FilterField()


class CountSerializer(Serializer):
    """How many; an estimate when counting would take too long."""

    count = serializers.IntegerField()
    exact = TruthField()


class ExplainSerializer(FilterSerializer):
    """A filter and a contact."""

    contact = IdField()


class AnswerSerializer(Serializer):
    """The tree with `matches` and a `sentence` on each condition."""

    matches = TruthField()
    tree = serializers.DictField()


class _Question(ApiView):
    """Asks, and changes nothing, by POST: a filter may be long."""

    kind = "segments"
    verbs = {"post": "view"}

    def read(self, request: Request, serializer: type[Serializer]) -> dict[str, Any]:
        """Read and check the body."""
        body = serializer(data=request.data)
        body.is_valid(raise_exception=True)
        filters.check(body.validated_data["filter"], user=self.caller)
        values: dict[str, Any] = body.validated_data
        return values


def seen_by(caller: Actor) -> tuple[str, list[Any]]:
    """Return SQL over `c` for the contacts the caller may see."""
    visible_contacts(caller)
    if caller.reach("contacts", "view") is Reach.ALL:
        return "true", []
    return "c.owner_id = %s", [caller.pk]


@endpoint("segments/count")
class Count(_Question):
    """How many contacts a filter means."""

    @extend_schema(request=FilterSerializer, responses=CountSerializer)
    def post(self, request: Request) -> Response:
        """Count the contacts you may see."""
        tree = self.read(request, FilterSerializer)["filter"]
        found = filters.count(tree, clock.now(), seen=seen_by(self.caller))
        return Response({"count": found.count, "exact": found.exact})


@endpoint("segments/explain")
class Explain(_Question):
    """Why a contact is meant by a filter, or not."""

    @extend_schema(request=ExplainSerializer, responses=AnswerSerializer)
    def post(self, request: Request) -> Response:
        """Answer the tree with what matches and what doesn't."""
        values = self.read(request, ExplainSerializer)
        if not visible_contacts(self.caller).filter(pk=values["contact"]).exists():
            raise Refused(_("There is no such contact."), "not_found", "contact")
        tree = filters.explain(values["filter"], values["contact"], clock.now())
        return Response({"matches": tree["matches"], "tree": tree})
