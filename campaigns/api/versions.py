"""Versions by REST: their history, what differs between two, and an older one as draft."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import cursors
from api.errors import Refused, Stale
from api.fields import DocumentField, MomentField
from api.paging import read_cursor, read_limit
from api.routers import endpoint
from api.serializers import Serializer
from api.trail import PREFIX, Trail
from campaigns.api.behind import CAMPAIGN, PAGING, CampaignPart
from campaigns.api.drafts import DraftSerializer, told_of
from campaigns.graph.shown import shown_graph
from campaigns.models import Campaign, CampaignVersion
from campaigns.models.campaign import Rules
from campaigns.services import versions
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import narrow
from kernel.trail import Deed, note


class VersionSerializer(Serializer):
    """What was published: when, by whom, what is new, and whether people go through it."""

    number = serializers.IntegerField()
    published_at = MomentField()
    published_by = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    state = serializers.ChoiceField(["newest", "finishing", "over"])


class VersionsSerializer(Serializer):
    """A page of versions, the newest first."""

    results = VersionSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class DifferenceSerializer(Serializer):
    """A step in one of two versions or both, and what it is called there."""

    step = serializers.CharField()
    state = serializers.ChoiceField(["same", "changed", "added", "removed"])
    before = serializers.CharField()
    after = serializers.CharField()


class SettingSerializer(Serializer):
    """A setting of the campaign that differs, in words."""

    name = serializers.CharField()
    words = serializers.CharField(source="label")
    before = serializers.CharField()
    after = serializers.CharField()


class ComparisonSerializer(Serializer):
    """What differs between two versions; `graph` has the steps and paths of both."""

    steps = DifferenceSerializer(many=True)
    paths = serializers.ListField(child=DocumentField())
    settings = SettingSerializer(many=True)
    graph = DocumentField()


class SeenSerializer(Serializer):
    """Which draft the caller has seen; without it whatever draft there is gives way."""

    version = serializers.IntegerField(required=False)


@endpoint(f"{CAMPAIGN}/versions", "campaign-versions")
class Versions(CampaignPart):
    """The history of what was published."""

    parameters: ClassVar = ("limit", "cursor")

    @extend_schema(responses=VersionsSerializer, parameters=PAGING)
    def get(self, request: Request, pk: str) -> Response:
        """Answer a page of versions, the newest first."""
        campaign, now, scope = self.campaign(), clock.now(), self.request.path
        limit = read_limit(request.query_params.get("limit"))
        cursor = read_cursor(request.query_params.get("cursor"))
        before = cursors.unseal(cursor, scope, now)[0] if cursor else None
        found = versions.history(campaign, before=before, limit=limit + 1)
        following = None
        if len(found) > limit:
            following = cursors.seal(scope, [found[limit - 1].number], now)
        rows = [_shown(campaign, version) for version in found[:limit]]
        return Response(VersionsSerializer({"results": rows, "next": following}).data)


@endpoint(f"{CAMPAIGN}/versions/<str:version_number>/draft", "campaign-version-draft")
class TakeBack(CampaignPart):
    """An older version as draft."""

    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=SeenSerializer, responses=DraftSerializer)
    def post(self, request: Request, pk: str, version_number: str) -> Response:
        """Put it in the place of the draft; what runs stays as it is."""
        body = SeenSerializer(data=request.data or {})
        body.is_valid(raise_exception=True)
        rows = narrow(Campaign.objects.all(), self.caller, "campaigns", self.verb)
        row = get_object_or_404(rows.select_for_update(no_key=True), pk=read_id(pk) or 0)
        if body.validated_data.get("version", row.version) != row.version:
            raise Stale(told_of(row, self.caller))
        version = _version(row, version_number)
        row = versions.take_back(row, version, clock.now(), user=self.caller)
        self._note(row, version)
        return Response(told_of(row, self.caller))

    def trail(self) -> Trail:
        """Leave it to the deed noted here, which says of which campaign and version."""
        return Trail.NOTHING

    def _note(self, row: Campaign, version: CampaignVersion) -> None:
        deed = Deed(
            "campaigns",
            "versions/draft",
            user=self.caller.pk,
            token=getattr(self.request.auth, "pk", None),
            object=row.pk,
            name=row.name,
            path=self.request.path.removeprefix(PREFIX),
            address=self.request.META.get("REMOTE_ADDR", ""),
            after={"from_version": version.number},
        )
        note(deed, clock.now())


@endpoint(f"{CAMPAIGN}/compare", "campaign-compare")
class Compare(CampaignPart):
    """What differs between two versions, or a version and the draft."""

    parameters = ("before", "after")

    @extend_schema(
        responses=ComparisonSerializer,
        parameters=[
            OpenApiParameter("before", str, description=_("The number of a version, or `draft`.")),
            OpenApiParameter("after", str, description=_("The number of a version, or `draft`.")),
        ],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Compare what was published last with the draft, unless asked otherwise."""
        campaign = self.campaign()
        newest = str(campaign.published.number) if campaign.published else "draft"
        before = self._rules(campaign, "before", newest)
        after = self._rules(campaign, "after", "draft")
        told = versions.compare(before, after, self.caller)
        shown = {**asdict(told), "graph": shown_graph(told.graph)}
        return Response(ComparisonSerializer(shown).data)

    def _rules(self, campaign: Campaign, name: str, usual: str) -> Rules:
        asked = self.request.query_params.get(name, usual)
        try:
            return campaign if asked == "draft" else _version(campaign, asked)
        except Http404 as missing:
            message = _("There is no such version.")
            raise Refused(message, "unknown_version", name) from missing


def _version(campaign: Campaign, number: str) -> CampaignVersion:
    found: CampaignVersion = get_object_or_404(campaign.versions, number=read_id(number) or 0)
    return found


def _shown(campaign: Campaign, version: CampaignVersion) -> dict[str, Any]:
    state = "finishing" if version.pk in campaign.finishing else "over"
    return {
        "number": version.number,
        "published_at": version.published_at,
        "published_by": version.published_by.name if version.published_by else None,
        "note": version.note,
        "state": "newest" if version.pk == campaign.published_id else state,
    }
