"""REST of broadcasts by SMS on their way: look, pause, resume, cancel."""

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
from kernel.permissions import Actor, whose
from kernel.queues import hint_on_commit
from sms.api.shapes import TextFiguresSerializer
from sms.models import TextRun
from sms.services import figures, refusals, runs


def _count(runs: list[TextRun], user: Actor) -> None:
    try:
        figures.attach(runs, whose(user, "contacts"))
    except figures.Slow as slow:
        raise TooSlow from slow


class TextRunList(serializers.ListSerializer[Any]):
    """A page of runs."""

    def to_representation(self, data: Iterable[TextRun]) -> list[dict[str, Any]]:  # type: ignore[override]
        """Count all of them at once."""
        runs = list(data)
        _count(runs, self.context["request"].user)
        shown: TextRunSerializer = self.child  # type: ignore[assignment]
        return [shown.shown(run) for run in runs]


class TextRunSerializer(ModelSerializer[TextRun]):
    """A run, and how far it is."""

    sms = IdField(source="sms_id", read_only=True)
    queued = serializers.IntegerField(source="counts.queued", read_only=True, default=0)
    statistics = serializers.SerializerMethodField()

    class Meta:
        model = TextRun
        list_serializer_class = TextRunList
        fields = [
            *("id", "sms", "state", "queued", "at", "new_only", "created_at", "started_at"),
            *("finished_at", "statistics"),
        ]
        read_only_fields = fields

    @extend_schema_field(TextFiguresSerializer)
    def to_representation(self, instance: TextRun) -> dict[str, Any]:
        """Count first: `queued` is one of the figures."""
        _count([instance], self.context["request"].user)
        return self.shown(instance)

    def shown(self, run: TextRun) -> dict[str, Any]:
        """Write a run that has its figures."""
        return super().to_representation(run)

    def get_statistics(self, run: TextRun) -> dict[str, Any]:
        """Return the figures by state, and why people were left out."""
        return dict(run.counts)


class BegunTextSerializer(TextRunSerializer):
    """A run that was just begun, and what its author should know."""

    warnings = serializers.SerializerMethodField()

    class Meta(TextRunSerializer.Meta):
        fields = [*TextRunSerializer.Meta.fields, "warnings"]
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
    def get_warnings(self, run: TextRun) -> list[dict[str, str]]:
        """Name what may be against the law of the readers' country."""
        return [{"code": code, "message": words} for code, words in refusals.warnings(run.sms)]


@resource("sms-sends")
class TextRunViews(ResourceViews[TextRun]):
    """Runs of broadcasts; `POST sms/{id}/send` begins them."""

    kind = "sms"
    owner = "sms__owner"
    queryset = TextRun.objects.select_related("sms")
    serializer_class = TextRunSerializer
    http_method_names = ["get", "head", "post"]
    sorts = ("at", "created_at")
    filters = {
        "sms": QueryFilter(IdField(), "sms_id"),
        "state": QueryFilter(serializers.ChoiceField(TextRun.State.values), "state"),
    }
    verbs = {"pause": "publish", "resume": "publish", "cancel": "publish", "create": "publish"}

    @extend_schema(exclude=True)
    def create(self, request: Request) -> Response:
        """Refuse: runs begin at their text."""
        return self.http_method_not_allowed(request)

    @extend_schema(request=None, responses=TextRunSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Stop sending; texts already under way are finished."""
        return self._do(runs.pause)

    @extend_schema(request=None, responses=TextRunSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on with a paused run."""
        return self._do(runs.resume)

    @extend_schema(request=None, responses=TextRunSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Send nothing more of this run."""
        return self._do(runs.cancel)

    def _do(self, verb: Callable[[TextRun], None]) -> Response:
        run = self.get_object()
        try:
            verb(run)
        except runs.RunRefused as refused:
            raise Conflict(refusals.RUNNING[refused.code], refused.code) from refused
        for queue in runs.QUEUES:
            hint_on_commit(queue)
        run.refresh_from_db()
        figures.kept(run)
        shown: Any = self.get_serializer()
        return Response(shown.shown(run))
