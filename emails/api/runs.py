"""REST of broadcasts on their way: look, pause, resume, cancel."""

from collections.abc import Callable, Iterable
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, TooSlow
from api.fields import IdField, QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from emails.api.shapes import MessageFiguresSerializer
from emails.models import Send
from emails.services import figures, refusals, runs
from kernel.permissions import Actor, whose
from kernel.queues import hint_on_commit


def _count(runs: list[Send], user: Actor) -> None:
    try:
        figures.attach(runs, whose(user, "contacts"))
    except figures.Slow as slow:
        raise TooSlow from slow


class RunList(serializers.ListSerializer[Any]):
    """A page of runs."""

    def to_representation(self, data: Iterable[Send]) -> list[dict[str, Any]]:  # type: ignore[override]
        """Count all of them at once."""
        runs = list(data)
        _count(runs, self.context["request"].user)
        shown: RunSerializer = self.child  # type: ignore[assignment]
        return [shown.shown(run) for run in runs]


class RunSerializer(ModelSerializer[Send]):
    """A run, and how far it is."""

    email = IdField(source="email_id", read_only=True)
    queued = serializers.IntegerField(source="counts.queued", read_only=True, default=0)
    statistics = serializers.SerializerMethodField()

    class Meta:
        model = Send
        list_serializer_class = RunList
        fields = [
            *("id", "email", "state", "queued", "at", "new_only", "created_at", "started_at"),
            *("finished_at", "statistics"),
        ]
        read_only_fields = fields

    @extend_schema_field(MessageFiguresSerializer)
    def to_representation(self, instance: Send) -> dict[str, Any]:
        """Count first: `queued` is one of the figures."""
        _count([instance], self.context["request"].user)
        return self.shown(instance)

    def shown(self, run: Send) -> dict[str, Any]:
        """Write a run that has its figures."""
        return super().to_representation(run)

    def get_statistics(self, run: Send) -> dict[str, Any]:
        """Return the figures by state, and why people were left out."""
        return {name: count for name, count in run.counts.items() if name != "pace"}


class BegunSerializer(RunSerializer):
    """A run that was just begun, and what its author should know."""

    warnings = serializers.SerializerMethodField()

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "warnings"]
        read_only_fields = fields

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            },
        }
    )
    def get_warnings(self, run: Send) -> list[dict[str, str]]:
        """Name what may be against the law of the readers' country, or end in the junk folder."""
        return [{"code": code, "message": words} for code, words in refusals.warnings(run.email)]


@resource("sends")
class RunViews(ResourceViews[Send]):
    """Runs of broadcasts; `POST emails/{id}/send` begins them."""

    kind = "emails"
    owner = "email__owner"
    queryset = Send.objects.select_related("email")
    serializer_class = RunSerializer
    http_method_names = ["get", "head", "post"]
    sorts = ("at", "created_at")
    filters = {
        "email": QueryFilter(IdField(), "email_id"),
        "state": QueryFilter(serializers.ChoiceField(Send.State.values), "state"),
    }
    verbs = {"pause": "publish", "resume": "publish", "cancel": "publish", "create": "publish"}

    @extend_schema(exclude=True)
    def create(self, request: Request) -> Response:
        """Refuse: runs begin at their email."""
        return self.http_method_not_allowed(request)

    @extend_schema(request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Stop sending; mails already under way are finished."""
        return self._do(runs.pause)

    @extend_schema(request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on with a paused run."""
        return self._do(runs.resume)

    @extend_schema(request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Send nothing more of this run."""
        return self._do(runs.cancel)

    def _do(self, verb: Callable[[Send], None]) -> Response:
        run = self.get_object()
        try:
            verb(run)
        except runs.RunRefused as refused:
            raise Conflict(refusals.RUNNING[refused.code], refused.code) from refused
        for queue in runs.QUEUES:
            hint_on_commit(queue)
        run.refresh_from_db()
        return Response(self.get_serializer(run).data)
