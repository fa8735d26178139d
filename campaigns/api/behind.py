"""Contacts behind the figures, parked steps, and trying those again."""

from typing import Any

from django.db.models import QuerySet
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
from api.fields import IdField, MomentField, read_id
from api.paging import read_cursor, read_limit
from api.routers import endpoint
from api.serializers import Serializer
from campaigns.models import Campaign
from campaigns.plugins.queues import STEPS
from campaigns.services import behind, parking
from kernel import clock
from kernel.permissions import Reach, narrow
from kernel.queues import hint_on_commit

CAMPAIGN = "campaigns/<str:pk>"
PAGING = [OpenApiParameter("limit", int), OpenApiParameter("cursor")]


class BehindSerializer(Serializer):
    """A contact at a step: what applies to where it is."""

    contact = IdField()
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


class RetriedSerializer(Serializer):
    """How many steps run again."""

    retried = serializers.IntegerField()


class CampaignPart(ApiView):
    """Something of one campaign."""

    kind = "campaigns"

    def campaign(self) -> Campaign:
        """Fetch the campaign, if the caller may do this with it."""
        rows: QuerySet[Campaign] = narrow(
            Campaign.objects.all(), self.caller, "campaigns", self.verb
        )
        return get_object_or_404(rows, pk=read_id(self.kwargs["pk"]) or 0)

    def _owner(self) -> int | None:
        """Return whose contacts alone may be shown, or refuse; None shows all."""
        reach = self.caller.reach("contacts", "view")
        if reach is Reach.NONE:
            raise PermissionDenied
        return None if reach is Reach.ALL else int(self.caller.pk)

    def page(self, figure: str, nodes: dict[str, int]) -> Response:
        """Answer a page of those behind a figure."""
        query, now = self.request.query_params, clock.now()
        limit = read_limit(query.get("limit"))
        cursor, scope = read_cursor(query.get("cursor")), f"{self.request.path}|{figure}"
        after = cursors.unseal(cursor, scope, now) if cursor else behind.LAST
        found = behind.contacts_behind(
            figure, list(nodes.values()), after=after, limit=limit + 1, owner=self._owner()
        )
        following = None
        if len(found) > limit:
            last = found[limit - 1]
            following = cursors.seal(scope, [last.visit, nodes[last.node], last.number], now)
        rows = [behind.shown(row) for row in found[:limit]]
        return Response({"results": rows, "next": following})


@endpoint(f"{CAMPAIGN}/nodes/<str:node>/contacts", "campaign-node-contacts")
class NodeContacts(CampaignPart):
    """Who stands behind a figure of a step: `?figure=waiting` and so on."""

    parameters = ("figure", "limit", "cursor")

    @extend_schema(
        responses=BehindPageSerializer,
        parameters=[OpenApiParameter("figure", enum=behind.FIGURES), *PAGING],
    )
    def get(self, request: Request, pk: str, node: str) -> Response:
        """Answer a page, the latest visits first."""
        nodes = behind.numbers(self.campaign(), node)
        figure = request.query_params.get("figure", "done")
        if figure not in behind.FIGURES:
            message = _("Choose one of: %(names)s.") % {"names": ", ".join(behind.FIGURES)}
            raise Refused(message, "invalid", "figure")
        return self.page(figure, nodes)


@endpoint(f"{CAMPAIGN}/parked", "campaign-parked")
class Parked(CampaignPart):
    """Steps that failed too often, each with its error."""

    parameters = ("limit", "cursor")

    @extend_schema(responses=BehindPageSerializer, parameters=PAGING)
    def get(self, request: Request, pk: str) -> Response:
        """Answer a page, the latest visits first."""
        return self.page("failed", behind.numbers(self.campaign()))


class RetrySerializer(Serializer):
    """Which parked steps: all, of one node, of some contacts."""

    node = serializers.CharField(required=False)
    contacts = serializers.ListField(child=IdField(), max_length=10_000, required=False)


@endpoint(f"{CAMPAIGN}/retry", "campaign-retry")
class Retry(CampaignPart):
    """Parked steps run again."""

    verbs = {"post": "edit"}

    @extend_schema(request=RetrySerializer, responses=RetriedSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Free them; answer how many."""
        body = RetrySerializer(data=request.data or {})
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = body.validated_data
        nodes = behind.numbers(self.campaign(), wanted.get("node"))
        freed = parking.retry(list(nodes.values()), wanted.get("contacts"), clock.now())
        hint_on_commit(STEPS)
        return Response({"retried": freed})
