"""What builders of filters need: what there is to ask, values to choose from, sentences."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import FilterField, TruthField
from api.routers import endpoint
from api.serializers import Serializer
from kernel import filters
from kernel.filters import choices, offers

LONGEST = 200
# Names are asked for as many values as a long list shows.
MOST_VALUES = 200


class GroupSerializer(Serializer):
    """A heading of the list of subjects."""

    key = serializers.CharField()
    label: Any = serializers.CharField()


class ChoiceSerializer(Serializer):
    """A value, what it is called, and what tells it from others of that name."""

    value = serializers.CharField()
    label: Any = serializers.CharField()
    beside = serializers.CharField(required=False)


class AskedSerializer(Serializer):
    """A key of `where`; `about` names the key whose value a look-up of `choices` needs."""

    name = serializers.CharField()
    label: Any = serializers.CharField()
    choices = serializers.CharField()
    about = serializers.CharField()


class SubjectSerializer(Serializer):
    """What a condition may be about: `kind` is its JSON key, `key` the value there."""

    kind = serializers.CharField()
    key = serializers.CharField()
    label: Any = serializers.CharField()
    group = serializers.CharField()
    icon = serializers.CharField()
    hint = serializers.CharField()
    operators = serializers.CharField()
    input = serializers.CharField()
    choices = serializers.CharField()
    options = ChoiceSerializer(many=True)
    where = AskedSerializer(many=True)
    free = TruthField()


class OperatorSerializer(Serializer):
    """An operator, said around its value; `form` is how the value is asked for."""

    op = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    form = serializers.CharField()
    negative = TruthField()


@extend_schema_field(
    {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)
class FormsField(serializers.JSONField):
    """A text, or the one for a single thing and that for several."""


class CatalogueSerializer(Serializer):
    """Everything a builder of filters offers to the caller."""

    groups = GroupSerializer(many=True)
    subjects = SubjectSerializer(many=True)
    operators = serializers.DictField(child=OperatorSerializer(many=True))
    words = serializers.DictField(child=FormsField())


class ChoicesSerializer(Serializer):
    """The values found."""

    results = ChoiceSerializer(many=True)


class DescribeSerializer(Serializer):
    """A filter."""

    filter = FilterField()


class SentencesSerializer(Serializer):
    """The filter in one sentence, and each condition by its place."""

    sentence = serializers.CharField()
    conditions = serializers.DictField(child=serializers.CharField())


@endpoint("filters/catalogue")
class FilterCatalogue(ApiView):
    """What conditions may be about, in the language of the caller."""

    kind = "contacts"

    @extend_schema(responses=CatalogueSerializer)
    def get(self, request: Request) -> Response:
        """List subjects and operators, as far as the caller may see what they name."""
        return Response(offers.catalogue(self.caller))


@endpoint("filters/choices")
class FilterChoices(ApiView):
    """Values to choose from: countries, tags, segments, emails, and links of an email."""

    kind = "contacts"
    parameters = ("of", "text", "values", "about")

    @extend_schema(
        parameters=[
            OpenApiParameter("of", required=True, description="`choices` of a subject."),
            OpenApiParameter("text", description="What their names contain."),
            OpenApiParameter("values", description="Name these, between commas, instead."),
            OpenApiParameter("about", description="What narrows them, as `email:7`."),
        ],
        responses=ChoicesSerializer,
    )
    def get(self, request: Request) -> Response:
        """Find the first values of a text, or name those of a list."""
        query = request.query_params
        kind = query.get("of", "")
        if not choices.known(kind):
            raise Refused(_("There is no such list of values."), "invalid_choice", "of")
        values = query.get("values")
        wanted = None if values is None else frozenset(values.split(",")[:MOST_VALUES])
        name, _colon, value = query.get("about", "").partition(":")
        question = choices.Question(
            self.caller, query.get("text", "").strip()[:LONGEST], wanted, {name: value}
        )
        found = [
            {"value": one.value, "label": one.label, "beside": one.beside}
            for one in choices.find(kind, question)
        ]
        return Response({"results": found})


@endpoint("filters/describe")
class FilterDescribe(ApiView):
    """A filter in words."""

    kind = "contacts"
    verbs = {"post": "view"}

    @extend_schema(
        request=DescribeSerializer,
        responses=SentencesSerializer,
        description=_lazy("Say a filter, and each of its conditions, in the caller's language."),
    )
    def post(self, request: Request) -> Response:
        """Check the filter and say it."""
        body = DescribeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        tree: Any = body.validated_data["filter"]
        filters.check(tree, user=self.caller)
        answer = {"sentence": filters.sentence(tree), "conditions": filters.sentences(tree)}
        return Response(answer)
