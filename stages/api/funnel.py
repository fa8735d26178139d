"""`stages/funnel`: how far people came, and who."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import IdField
from api.routers import endpoint
from api.serializers import Serializer
from kernel import clock
from kernel.filters.questions import within_time
from kernel.ids import read_id
from kernel.permissions import whose
from stages.services import funnel
from stages.services.funnel import Period

PATIENCE_MS = 5_000
USUAL = timedelta(days=90)
MOST = 1_000
PERIOD = [OpenApiParameter("since", datetime), OpenApiParameter("until", datetime)]


class FunnelBarSerializer(Serializer):
    """A bar: `stage` is null of visitors, `rate` a share of the bar before, from 0 to 1."""

    stage = IdField(allow_null=True)
    name = serializers.CharField()
    people = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    median_seconds = serializers.IntegerField(allow_null=True)


class FunnelSerializer(Serializer):
    """The bars, visitors first, then the stages by weight."""

    bars = FunnelBarSerializer(many=True)


class FunnelPeopleSerializer(Serializer):
    """Ids behind a bar, ascending; `after` the last of them come the next."""

    contacts = serializers.ListField(child=IdField())


class _OfFunnel(ApiView):
    kind = "stages"

    def period(self) -> Period:
        """Return the time that is asked for: the last ninety days, unless it is said."""
        until = self._moment("until") or clock.now()
        since = self._moment("since") or until - USUAL
        if since >= until:
            raise Refused(_("The end lies before the start."), "invalid", "until")
        return Period(since, until, whose(self.caller, "contacts"))

    def _moment(self, name: str) -> datetime | None:
        text = self.request.query_params.get(name)
        try:
            instant = clock.parse_instant(text) if text else None
        except (ValueError, TypeError, OverflowError):
            words = _("An instant with its offset is expected: 2026-11-22T10:00:00Z.")
            raise Refused(words, "invalid_instant", name) from None
        if instant and not clock.is_in_reach(instant):
            raise Refused(str(clock.OUT_OF_REACH), "out_of_range", name)
        return instant


@endpoint("stages/funnel")
class Funnel(_OfFunnel):
    """How far people came."""

    parameters: ClassVar = ("since", "until")

    @extend_schema(parameters=PERIOD, responses=FunnelSerializer)
    def get(self, request: Request) -> Response:
        """Answer the bars, of contacts one may see."""
        with within_time(_too_slow, PATIENCE_MS):
            bars = funnel.funnel(self.period())
        return Response({"bars": [_told(bar) for bar in bars]})


@endpoint("stages/funnel/contacts")
class FunnelPeople(_OfFunnel):
    """Who stands behind a bar."""

    parameters: ClassVar = ("since", "until", "stage", "after", "limit")

    @extend_schema(
        parameters=[
            *PERIOD,
            OpenApiParameter("stage"),
            OpenApiParameter("after"),
            OpenApiParameter("limit", int),
        ],
        responses=FunnelPeopleSerializer,
    )
    def get(self, request: Request) -> Response:
        """Answer up to a thousand ids; without `stage` the visitors."""
        query = request.query_params
        places = {str(stage.pk): place for place, stage in enumerate(funnel.ordered(), 1)}
        place = places.get(query["stage"]) if query.get("stage") else 0
        if place is None:
            raise Refused(_("There is no such object."), "not_found", "stage")
        limit = min(read_id(query.get("limit", "100")) or 100, MOST)
        after = read_id(query.get("after", "")) or 0
        with within_time(_too_slow, PATIENCE_MS):
            found = funnel.people(self.period(), place, after=after, limit=limit)
        return Response({"contacts": [str(contact) for contact in found]})


def _told(bar: funnel.Bar) -> dict[str, Any]:
    return {
        "stage": str(bar.stage.pk) if bar.stage else None,
        "name": bar.stage.name if bar.stage else _("Visitors"),
        "people": bar.people,
        "rate": bar.rate,
        "median_seconds": int(bar.median.total_seconds()) if bar.median else None,
    }


def _too_slow() -> Refused:
    return Refused(_("This could not be counted in time."), "too_slow")
