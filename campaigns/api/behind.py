"""Contacts behind the figures, and parked steps."""

from collections.abc import Sequence
from typing import ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
from campaigns.api.choosing import CHOICE, PARAMETERS, read_choice
from campaigns.models import Campaign
from campaigns.services import behind, statistics
from campaigns.services.charting import chart
from campaigns.services.choosing import Choice
from kernel import clock
from kernel.filters.questions import within_time
from kernel.ids import read_id
from kernel.permissions import Reach, narrow

CAMPAIGN = "campaigns/<str:pk>"
# What counting the contacts of one user, or looking for those of a time, may take.
PATIENCE_MS = 5_000
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

    def choice(self) -> Choice:
        """Return which figures are asked for, of contacts one may see."""
        return read_choice(self.request.query_params, self.campaign(), self.owner())

    def page(self, figure: str, nodes: list[int], branch: int | None = None) -> Response:
        """Answer a page of those behind a figure."""
        query, now = self.request.query_params, clock.now()
        limit = read_limit(query.get("limit"))
        choice = self.choice()
        scope = f"{self.request.path}|{figure}|{branch}|{choice}"
        cursor = read_cursor(query.get("cursor"))
        after = cursors.unseal(cursor, scope, now) if cursor else behind.LAST
        with within_time(too_slow, PATIENCE_MS):
            found = behind.contacts_behind(
                figure, nodes, after=after, limit=limit + 1, choice=choice, branch=branch
            )
        following = None
        if len(found) > limit:
            last = found[limit - 1]
            following = cursors.seal(scope, [last.visit, last.node_number, last.number], now)
        names = behind.names([row.contact for row in found[:limit]])
        untold = behind.untold(self.campaign().pk)
        rows = [{**behind.shown(row, untold), "name": names[row.contact]} for row in found[:limit]]
        return Response({"results": rows, "next": following})


class Behind(CampaignPart):
    """Who stands behind a figure."""

    parameters: ClassVar[Sequence[str]] = ("figure", "branch", *CHOICE, "limit", "cursor")

    def figure(self, usual: str) -> str:
        """Return the figure that is asked for."""
        figure = self.request.query_params.get("figure", usual)
        if figure not in behind.FIGURES:
            message = _("Choose one of: %(names)s.") % {"names": ", ".join(behind.FIGURES)}
            raise Refused(message, "invalid", "figure")
        return figure

    def branch(self, step: str) -> int | None:
        """Return the place of the branch of a split that is asked for."""
        name = self.request.query_params.get("branch")
        if name is None:
            return None
        names = statistics.branch_names(self.campaign()).get(step)
        place = None if names is None else statistics.place_of(name, names)
        if place is None or self.figure("done") != "done":
            raise Refused(_("There is no such branch."), "unknown_branch", "branch")
        return place


@endpoint(f"{CAMPAIGN}/nodes/<str:node>/contacts", "campaign-node-contacts")
class NodeContacts(Behind):
    """Who stands behind a figure of a step: `?figure=waiting` and so on."""

    @extend_schema(
        responses=BehindPageSerializer,
        parameters=[
            OpenApiParameter("figure", enum=behind.FIGURES),
            OpenApiParameter(
                "branch", description=gettext_lazy("Only who took this branch of a split.")
            ),
            *PARAMETERS,
            *PAGING,
        ],
    )
    def get(self, request: Request, pk: str, node: str) -> Response:
        """Answer a page, the latest visits first."""
        nodes = self.steps(node)
        return self.page(self.figure("done"), nodes, self.branch(node))


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
    """The days of a step (null: reading them takes too long), and what came of it so far."""

    days = DaySerializer(many=True, allow_null=True)
    effects = EffectSerializer(many=True)


@endpoint(f"{CAMPAIGN}/nodes/<str:node>/chart", "campaign-node-chart")
class NodeChart(CampaignPart):
    """What a step did lately, or in a time."""

    parameters: ClassVar = CHOICE

    @extend_schema(responses=ChartSerializer, parameters=PARAMETERS)
    def get(self, request: Request, pk: str, node: str) -> Response:
        """Answer the last fourteen days unless asked otherwise, of contacts one may see.

        Days are those of the workspace's zone, at most the last 367 of the time.
        """
        numbers, choice = self.steps(node), self.choice()
        told = chart(self.campaign(), node, numbers, clock.now(), choice)
        return Response(ChartSerializer(told).data)


@endpoint(f"{CAMPAIGN}/people", "campaign-people")
class People(Behind):
    """Who stands behind a figure of all steps together: on the way, unless asked otherwise."""

    parameters: ClassVar[Sequence[str]] = ("figure", *CHOICE, "limit", "cursor")

    @extend_schema(
        responses=BehindPageSerializer,
        parameters=[OpenApiParameter("figure", enum=behind.FIGURES), *PARAMETERS, *PAGING],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Answer a page, the latest visits first."""
        return self.page(self.figure("waiting"), self.steps())


@endpoint(f"{CAMPAIGN}/parked", "campaign-parked")
class Parked(CampaignPart):
    """Steps that failed too often, each with its error."""

    parameters: ClassVar = (*CHOICE, "limit", "cursor")

    @extend_schema(responses=BehindPageSerializer, parameters=[*PARAMETERS, *PAGING])
    def get(self, request: Request, pk: str) -> Response:
        """Answer a page, the latest visits first."""
        return self.page("failed", self.steps())


class CampaignDaySerializer(Serializer):
    """What happened on a day: ways begun, ways ended, goals reached."""

    day = serializers.DateField()
    entries = serializers.IntegerField()
    leaves = serializers.IntegerField()
    goals = serializers.IntegerField()


class CampaignDaysSerializer(Serializer):
    """The days on which anything happened, the first one first."""

    days = CampaignDaySerializer(many=True)


@endpoint(f"{CAMPAIGN}/days", "campaign-days")
class Days(CampaignPart):
    """What happened by day."""

    parameters: ClassVar = CHOICE

    @extend_schema(responses=CampaignDaysSerializer, parameters=PARAMETERS)
    def get(self, request: Request, pk: str) -> Response:
        """Answer the days of the time chosen, of contacts one may see, in the workspace's zone."""
        with within_time(too_slow, PATIENCE_MS):
            told = statistics.days(self.campaign(), self.choice())
        return Response(CampaignDaysSerializer({"days": told}).data)


def too_slow() -> Refused:
    """Say that counting took too long."""
    return Refused(_("This could not be counted in time."), "too_slow")
