"""Questions to a filter nobody has saved yet: how many, and why this contact (not)."""

import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import FilterField, IdField, TruthField
from api.routers import endpoint
from api.serializers import Serializer
from contacts.services.merge import followed
from contacts.services.reading import flat
from kernel import clock, filters
from kernel.permissions import Actor, Reach
from segments.api.segments import visible_contacts
from segments.services import advising, asking, standing

SAMPLE = 6


class FilterSerializer(Serializer):
    """A filter."""

    filter = FilterField()


class AdviceSerializer(Serializer):
    """What would make a filter quicker: `index` on a custom field, by its id."""

    place = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()


class CountSerializer(Serializer):
    """How many; an estimate when counting would take too long. What that took, in milliseconds."""

    count = serializers.IntegerField()
    exact = TruthField()
    milliseconds = serializers.IntegerField()
    advice = AdviceSerializer(many=True)


class PartSerializer(Serializer):
    """How many contacts a group or condition means alone, by its place."""

    place = serializers.CharField()
    count = serializers.IntegerField()


class PartsSerializer(Serializer):
    """Parts that were counted in time, and whom of all a mail can reach."""

    parts = PartSerializer(many=True)
    reachable = serializers.IntegerField(allow_null=True)


class SampleQuestionSerializer(FilterSerializer):
    """A filter, and how many of the newest to pass over."""

    skip = serializers.IntegerField(min_value=0, max_value=10_000, default=0)


class SampleSerializer(Serializer):
    """Some contacts."""

    contacts = serializers.ListField(child=serializers.DictField())


class ExplainSerializer(FilterSerializer):
    """A filter and a contact."""

    contact = IdField()


class AnswerSerializer(Serializer):
    """The tree with `matches` and a `sentence` on each condition."""

    matches = TruthField()
    kept_out = serializers.CharField(
        help_text=_lazy(
            "Why the law keeps them out of a segment of this filter; empty: it does not."
        )
    )
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


def asked_of(caller: Actor, tree: Any) -> tuple[str, list[Any]]:
    """Return SQL over `c` for the contacts the caller may see, and a segment may take in."""
    visible_contacts(caller)
    allowed = standing.allowed(tree)
    if caller.reach("contacts", "view") is Reach.ALL:
        return allowed, []
    return f"{allowed} AND c.owner_id = %s", [caller.pk]


@endpoint("segments/count")
class Count(_Question):
    """How many contacts a filter means."""

    @extend_schema(request=FilterSerializer, responses=CountSerializer)
    def post(self, request: Request) -> Response:
        """Count the contacts you may see."""
        tree, now = self.read(request, FilterSerializer)["filter"], clock.now()
        began = time.monotonic()
        found = filters.count(tree, now, seen=asked_of(self.caller, tree))
        took = round((time.monotonic() - began) * 1000)
        # Who may not change fields can do nothing about it.
        listens = self.caller.reach("fields", "edit") is not Reach.NONE
        advice = [vars(one) for one in advising.advise(tree, now)] if listens else []
        answer = {"count": found.count, "exact": found.exact, "milliseconds": took}
        return Response({**answer, "advice": advice})


@endpoint("segments/parts")
class Parts(_Question):
    """What the parts of a filter mean, each alone."""

    @extend_schema(request=FilterSerializer, responses=PartsSerializer)
    def post(self, request: Request) -> Response:
        """Count groups and conditions while it is quick; among the contacts you may see."""
        tree, now = self.read(request, FilterSerializer)["filter"], clock.now()
        seen = asked_of(self.caller, tree)
        reached = asking.reachable(tree, now, seen)
        parts = [vars(part) for part in asking.parts(tree, now, seen)]
        return Response({"parts": parts, "reachable": reached})


@endpoint("segments/sample")
class Sample(_Question):
    """Some contacts a filter means, as an example."""

    @extend_schema(request=SampleQuestionSerializer, responses=SampleSerializer)
    def post(self, request: Request) -> Response:
        """Answer the newest of those you may see."""
        values = self.read(request, SampleQuestionSerializer)
        found = asking.some(
            values["filter"],
            clock.now(),
            asked_of(self.caller, values["filter"]),
            size=SAMPLE,
            skip=values["skip"],
        )
        return Response({"contacts": flat(found)})


@endpoint("segments/explain")
class Explain(_Question):
    """Why a contact is meant by a filter, or not."""

    @extend_schema(request=ExplainSerializer, responses=AnswerSerializer)
    def post(self, request: Request) -> Response:
        """Answer the tree with what matches and what doesn't."""
        values = self.read(request, ExplainSerializer)
        [contact] = followed([values["contact"]])
        if not visible_contacts(self.caller).filter(pk=contact).exists():
            raise Refused(_("There is no such contact."), "not_found", "contact")
        tree = filters.explain(values["filter"], contact, clock.now())
        kept_out = standing.kept_out(contact, values["filter"])
        matches = tree["matches"] and not kept_out
        return Response({"matches": matches, "kept_out": kept_out, "tree": tree})
