"""Contacts behind the figures, and parked steps."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api import cursors
from api.endpoints import ApiView
from api.errors import Refused
from api.fields import FloatField, IdField, MomentField
from api.paging import read_cursor, read_limit
from api.routers import endpoint
from api.serializers import Serializer
from campaigns.models import Campaign
from campaigns.services import behind
from campaigns.services.charting import chart
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach, narrow

CAMPAIGN = "campaigns/<str:pk>"
PAGING = [OpenApiParameter("limit", int), OpenApiParameter("cursor")]


class BehindSerializer(Serializer):
    """A contact at a step: what applies to where it is."""

    contact = IdField()
    name = serializers.CharField()
    node = serializers.CharField()
    arrived_at = MomentField(required=False)
    due_at = MomentField(required=False)
    attempts = serializers.IntegerField(required=False)
    error = serializers.CharField(required=False)
    outcome = serializers.CharField(required=False)
    at = MomentField(required=False)
    reason = serializers.CharField(required=False)


class BehindPageSerializer(Serializer):
    """A page of contacts behind a figure."""

    results = BehindSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class CampaignPart(ApiView):
    """Something of one campaign."""

    kind = "campaigns"

    def campaign(self) -> Campaign:
        """Fetch the campaign, if the caller may do this with it."""
        rows: QuerySet[Campaign] = narrow(
            Campaign.objects.all(), self.caller, "campaigns", self.verb
        )
        return get_object_or_404(rows, pk=read_id(self.kwargs["pk"]) or 0)

    def owner(self, verb: str = "view") -> int | None:
        """Return whose contacts alone this is about, or refuse; None: everybody's."""
        reach = self.caller.reach("contacts", verb)
        if reach is Reach.NONE:
            raise PermissionDenied
        return None if reach is Reach.ALL else int(self.caller.pk)

    def steps(self, name: str | None = None) -> list[int]:
        """Return the numbers of the campaign's steps, or of the one asked for, which must be."""
        found = behind.numbers(self.campaign(), name)
        if not found and name is not None:
            raise Http404
        return found

    def page(self, figure: str, nodes: list[int]) -> Response:
        """Answer a page of those behind a figure."""
        query, now = self.request.query_params, clock.now()
        limit = read_limit(query.get("limit"))
        cursor, scope = read_cursor(query.get("cursor")), f"{self.request.path}|{figure}"
        after = cursors.unseal(cursor, scope, now) if cursor else behind.LAST
        found = behind.contacts_behind(
            figure, nodes, after=after, limit=limit + 1, owner=self.owner()
        )
        following = None
        if len(found) > limit:
            last = found[limit - 1]
            following = cursors.seal(scope, [last.visit, last.node_number, last.number], now)
        names = behind.names([row.contact for row in found[:limit]])
        rows = [{**behind.shown(row), "name": names[row.contact]} for row in found[:limit]]
        return Response({"results": rows, "next": following})


class Behind(CampaignPart):
    """Who stands behind a figure."""

    parameters = ("figure", "limit", "cursor")

    def figure(self, usual: str) -> str:
        """Return the figure that is asked for."""
        figure = self.request.query_params.get("figure", usual)
        if figure not in behind.FIGURES:
            message = _("Choose one of: %(names)s.") % {"names": ", ".join(behind.FIGURES)}
            raise Refused(message, "invalid", "figure")
        return figure


@endpoint(f"{CAMPAIGN}/nodes/<str:node>/contacts", "campaign-node-contacts")
class NodeContacts(Behind):
    """Who stands behind a figure of a step: `?figure=waiting` and so on."""

    @extend_schema(
        responses=BehindPageSerializer,
        parameters=[OpenApiParameter("figure", enum=behind.FIGURES), *PAGING],
    )
    def get(self, request: Request, pk: str, node: str) -> Response:
        """Answer a page, the latest visits first."""
        nodes = self.steps(node)
        return self.page(self.figure("done"), nodes)


class DaySerializer(Serializer):
    """How many passed a step on a day, and how."""

    day = serializers.DateField()
    passed = serializers.IntegerField()
    yes = serializers.IntegerField()
    no = serializers.IntegerField()


class EffectSerializer(Serializer):
    """One figure of what a step brought about; `share` of what was sent."""

    key = serializers.CharField()
    words = serializers.CharField(source="label")
    number = serializers.IntegerField()
    share = FloatField(allow_null=True)


class ChartSerializer(Serializer):
    """The last fortnight of a step (null: reading it takes too long), and what came of it."""

    days = DaySerializer(many=True, allow_null=True)
    effects = EffectSerializer(many=True)


@endpoint(f"{CAMPAIGN}/nodes/<str:node>/chart", "campaign-node-chart")
class NodeChart(CampaignPart):
    """What a step did lately."""

    @extend_schema(responses=ChartSerializer)
    def get(self, request: Request, pk: str, node: str) -> Response:
        """Answer the last fourteen days, of contacts one may see, in the workspace's zone."""
        numbers, owner = self.steps(node), self.owner()
        told = chart(self.campaign(), node, numbers, clock.now(), owner=owner)
        return Response(ChartSerializer(told).data)


@endpoint(f"{CAMPAIGN}/people", "campaign-people")
class People(Behind):
    """Who stands behind a figure of all steps together: on the way, unless asked otherwise."""

    @extend_schema(
        responses=BehindPageSerializer,
        parameters=[OpenApiParameter("figure", enum=behind.FIGURES), *PAGING],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Answer a page, the latest visits first."""
        return self.page(self.figure("waiting"), self.steps())


@endpoint(f"{CAMPAIGN}/parked", "campaign-parked")
class Parked(CampaignPart):
    """Steps that failed too often, each with its error."""

    parameters = ("limit", "cursor")

    @extend_schema(responses=BehindPageSerializer, parameters=PAGING)
    def get(self, request: Request, pk: str) -> Response:
        """Answer a page, the latest visits first."""
        return self.page("failed", self.steps())
