"""`campaigns`: what people edit, publish, and put contacts into."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused
from api.fields import DocumentField, DurationField, IdField, MomentField, QueryFilter, TruthField
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.trail import Trail
from api.views import ResourceViews
from campaigns.api.behind import PATIENCE_MS, too_slow
from campaigns.api.choosing import CHOICE, PARAMETERS, read_choice
from campaigns.api.figures import LateSourceSerializer, StatisticsSerializer
from campaigns.graph.shown import shown_graph, shown_sources
from campaigns.models import Campaign
from campaigns.plugins.queues import STEPS
from campaigns.services import (
    admitting,
    drafts,
    finality,
    late,
    publishing,
    removed,
    statistics,
)
from campaigns.services.inside import Inside
from contacts.models import Contact
from kernel import clock
from kernel.filters.questions import within_time
from kernel.permissions import narrow, whose
from kernel.queues import hint_on_commit
from kernel.usage import InUse
from kernel.withholding import withheld

MOST_CONTACTS = 10_000


EXAMPLE = {
    "name": "Welcome",
    "sources": [{"segment": "7"}],
    "graph": {
        "nodes": [
            {"id": "mail", "kind": "action", "key": "emails.send", "config": {"email": "3"}},
            {
                "id": "opened",
                "kind": "decision",
                "key": "emails.opened",
                "config": {"email": "3", "within": "1h"},
            },
            {"id": "tag", "kind": "action", "key": "tags.change", "config": {"add": ["reader"]}},
        ],
        "edges": [
            {"from": "start", "to": "mail", "branch": "next"},
            {"from": "mail", "to": "opened", "branch": "next"},
            {"from": "opened", "to": "tag", "branch": "yes"},
        ],
    },
}


@extend_schema_serializer(examples=[OpenApiExample("Welcome", EXAMPLE, request_only=True)])
class CampaignSerializer(ModelSerializer[Campaign]):
    """A campaign as people edit it; `published_version` is what runs."""

    cooldown = DurationField(allow_null=True, required=False)
    sources = DocumentField(required=False)
    graph = DocumentField(required=False)
    published_version = serializers.IntegerField(
        source="published.number", read_only=True, default=None
    )
    published_at = MomentField(source="published.published_at", read_only=True, default=None)

    class Meta:
        model = Campaign
        fields: ClassVar = [
            "id",
            "name",
            "objective",
            "state",
            "sources",
            "reentry",
            "cooldown",
            "holdout",
            "on_leave",
            "start_at",
            "end_at",
            "on_end",
            "graph",
            "published_version",
            "published_at",
            "unpublished_at",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields: ClassVar = ["state", "unpublished_at", "version"]

    def to_representation(self, instance: Campaign) -> dict[str, Any]:
        """Show ids as strings, wherever in the settings they stand."""
        return {
            **super().to_representation(instance),
            "sources": shown_sources(instance.sources),
            "graph": shown_graph(instance.graph),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A campaign ends after it starts."""
        start = attrs.get("start_at", getattr(self.instance, "start_at", None))
        end = attrs.get("end_at", getattr(self.instance, "end_at", None))
        if start is not None and end is not None and end <= start:
            message = _("The end lies before the start.")
            raise serializers.ValidationError({"end_at": [message]}, "invalid")
        return attrs


class PublishSerializer(Serializer):
    """How to publish: whether members that came while nothing ran enter now, and which draft.

    Those on their way go on in the new version (`move`) or finish in the one they go through
    (`finish`). They follow the ids of the steps; `moves` sends those who stand on a step to
    another one of the draft, or ends their way (null).
    """

    catch_up = TruthField(default=False)
    version = serializers.IntegerField(required=False)
    in_flight = serializers.ChoiceField(["move", "finish"], default="move")
    moves = serializers.DictField(
        child=serializers.CharField(max_length=64, allow_null=True), required=False
    )
    note = serializers.CharField(max_length=500, allow_blank=True, default="")

    def how(self) -> publishing.How:
        """Return it as the service takes it."""
        given = self.validated_data
        inside = Inside(given["in_flight"] == "finish", given.get("moves", {}))
        return publishing.How(given["catch_up"], inside, given["note"])


class PublishedSerializer(CampaignSerializer):
    """A campaign that was published; `unchanged`: its draft ran already, so no version was made."""

    unchanged = serializers.BooleanField(read_only=True)

    class Meta(CampaignSerializer.Meta):
        fields: ClassVar = [*CampaignSerializer.Meta.fields, "unchanged"]


class ContactsSerializer(Serializer):
    """Contacts to put in or take out by hand."""

    add = serializers.ListField(child=IdField(), max_length=MOST_CONTACTS, default=list)
    remove = serializers.ListField(child=IdField(), max_length=MOST_CONTACTS, default=list)


class MovedSerializer(Serializer):
    """Who entered, and how many left."""

    entered = serializers.ListField(child=IdField())
    removed = serializers.IntegerField()


@resource("campaigns")
class CampaignViews(ResourceViews[Campaign]):
    """Campaigns, with what is done to them as a whole."""

    kind = "campaigns"
    queryset = Campaign.objects.select_related("published")
    serializer_class = CampaignSerializer
    sorts = ("name", "created_at", "updated_at")
    filters: ClassVar = {
        "state": QueryFilter(serializers.ChoiceField(Campaign.State.choices), "state"),
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
    }
    verbs: ClassVar = {"publish": "publish", "unpublish": "publish", "statistics": "view"}
    # Whether what was to be published runs already.
    unchanged = False

    def create_one(self, values: dict[str, Any]) -> Campaign:
        """Check and store a draft."""
        return drafts.create(values, user=self.request.user)

    def change_one(self, row: Campaign, values: dict[str, Any]) -> Campaign:
        """Check and store a changed draft; what runs stays as it was published."""
        return drafts.change(row, values, clock.now(), user=self.request.user)

    def delete_one(self, row: Campaign) -> None:
        """Delete a campaign that does not run, with the ways of its contacts."""
        try:
            drafts.delete(row, clock.now())
        except publishing.NotPossible as error:
            raise Conflict(error.message, error.code) from error
        except InUse as error:
            raise Conflict(error.said(self.caller), "in_use") from error

    @extend_schema(request=PublishSerializer, responses=PublishedSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Make the draft what runs; where it does already, nothing changes."""
        body = PublishSerializer(data=request.data or {})
        body.is_valid(raise_exception=True)
        row, now = self.get_object(), clock.now()
        self.refuse_stale(row)
        try:
            row = publishing.publish(row.pk, now, user=self.caller, how=body.how())
        except publishing.NotPossible as error:
            raise Conflict(error.message, error.code) from error
        hint_on_commit("kernel.jobs")
        self.unchanged = row.published is not None and row.published.published_at != now
        return Response(self.get_serializer(row).data | {"unchanged": self.unchanged})

    def trail(self) -> Trail:
        """Leave nothing of a publication that was none."""
        return Trail.NOTHING if self.unchanged else super().trail()

    @action(detail=True, methods=["post"])
    def unpublish(self, request: Request, pk: str) -> Response:
        """Stop everything."""
        Serializer(data=request.data or {}).is_valid(raise_exception=True)
        try:
            row = publishing.unpublish(self.get_object().pk, clock.now())
        except publishing.NotPossible as error:
            raise Conflict(error.message, error.code) from error
        return Response(self.get_serializer(row).data)

    @extend_schema(request=ContactsSerializer, responses=MovedSerializer)
    @action(detail=True, methods=["post"])
    def contacts(self, request: Request, pk: str) -> Response:
        """Put contacts in, or take them out."""
        body = ContactsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        add, remove = body.validated_data["add"], body.validated_data["remove"]
        if set(add) & set(remove):
            message = _("A contact stands in both lists.")
            raise Refused(message, "contradiction", "remove")
        row, now = self.get_object(), clock.now()
        seen = narrow(
            Contact.objects.filter(pk__in=[*add, *remove]), self.caller, "contacts", "view"
        )
        mine = set(seen.values_list("pk", flat=True))
        add, remove = [i for i in add if i in mine], [i for i in remove if i in mine]
        if add:
            finality.check([row.pk], self.caller)
        try:
            entered = admitting.add(row.pk, add, now)
        except publishing.NotPossible as error:
            raise Conflict(error.message, error.code) from error
        left = admitting.remove(row.pk, remove, now)
        hint_on_commit(STEPS)
        told: dict[str, Any] = {"entered": [str(i) for i in sorted(entered)], "removed": left}
        if left_out := withheld(set(add) - set(entered)):
            told["withheld"] = [str(i) for i in sorted(left_out)]
        return Response(told)

    def known_parameters(self) -> Sequence[str]:
        """Figures are those of a version and a time."""
        known = super().known_parameters()
        return (*known, *CHOICE) if self.action == "statistics" else known

    @extend_schema(responses=StatisticsSerializer, parameters=PARAMETERS)
    @action(detail=True, methods=["get"])
    def statistics(self, request: Request, pk: str) -> Response:
        """Answer the figures of each step and of the whole, of contacts one may see."""
        campaign = self.get_object()
        choice = read_choice(request.query_params, campaign, whose(self.caller, "contacts"))
        with within_time(too_slow, PATIENCE_MS):
            figures = statistics.of_campaign(campaign, choice)
        found = LateSourceSerializer(late.told(campaign, self.caller), many=True)
        gone = removed.steps(campaign, figures["nodes"], self.caller)
        return Response({**figures, "removed": gone, "late_sources": found.data})
