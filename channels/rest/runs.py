"""REST of broadcasts on their way: look, pause, resume, cancel."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, TooSlow
from api.fields import IdField, QueryFilter
from api.serializers import ModelSerializer
from api.views import ResourceViews
from channels.models import Run
from channels.services import refusals, running
from channels.services.channel import Channel
from channels.services.refused import RunRefused, Slow
from kernel.permissions import whose
from kernel.queues import hint_on_commit

R = TypeVar("R", bound=Run)
WARNINGS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
    },
}


class RunList(serializers.ListSerializer[Any]):
    """A page of runs."""

    def to_representation(self, data: Iterable[Run]) -> list[dict[str, Any]]:  # type: ignore[override]
        """Count all of them at once."""
        runs = list(data)
        shown: RunSerializer[Any] = self.child  # type: ignore[assignment]
        shown.count(runs)
        return [shown.shown(run) for run in runs]


class RunSerializer(ModelSerializer[R]):
    """A run, and how far it is."""

    channel: ClassVar[Channel]
    queued = serializers.SerializerMethodField()
    statistics = serializers.SerializerMethodField()

    class Meta:
        list_serializer_class = RunList

    def count(self, runs: list[Any]) -> None:
        """Give runs the figures that the caller may see."""
        try:
            self.channel.count_runs(runs, whose(self.context["request"].user, "contacts"))
        except Slow as slow:
            raise TooSlow from slow

    def to_representation(self, instance: R) -> dict[str, Any]:
        """Count first: `queued` is one of the figures."""
        self.count([instance])
        return self.shown(instance)

    def shown(self, run: R) -> dict[str, Any]:
        """Write a run that has its figures."""
        return super().to_representation(run)

    @extend_schema_field({"type": ["integer", "null"], "example": 24})
    def get_queued(self, run: R) -> int | None:
        """Return how many wait; null where `statistics` are."""
        return run.counts["queued"] if run.counts else None

    def get_statistics(self, run: R) -> dict[str, Any] | None:
        """Return the figures by state, and why people were left out.

        Null: what was asked is done, and counting the contacts one may see takes too long.
        """
        if not run.counts:
            return None
        return {name: count for name, count in run.counts.items() if name != "pace"}


class Warned(serializers.Serializer[Any]):
    """What the author of a run that was just begun should know."""

    warnings = serializers.SerializerMethodField()

    @extend_schema_field(WARNINGS)
    def get_warnings(self, run: Any) -> list[dict[str, str]]:
        """Name what may be against the law of the readers' country, or go unread."""
        channel: Channel = self.channel  # type: ignore[attr-defined]
        message = getattr(run, channel.subject)
        return [{"code": code, "message": words} for code, words in channel.warnings(message)]


def fields(subject: str) -> list[str]:
    """Return what is told of a run of messages that are called so."""
    return [
        *("id", subject, "state", "queued", "at", "new_only", "created_at", "started_at"),
        *("finished_at", "statistics"),
    ]


class RunViews(ResourceViews[R]):
    """Runs of broadcasts; `POST KIND/{id}/send` begins them."""

    channel: ClassVar[Channel]
    http_method_names = ["get", "head", "post"]
    sorts = ("at", "created_at")
    verbs = {"pause": "publish", "resume": "publish", "cancel": "publish", "create": "publish"}

    @extend_schema(exclude=True)
    def create(self, request: Request) -> Response:
        """Refuse: runs begin at their message."""
        return self.http_method_not_allowed(request)

    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Stop sending; messages already under way are finished."""
        return self._do(running.pause)

    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on with a paused run."""
        return self._do(running.resume)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Send nothing more of this run."""
        return self._do(running.cancel)

    def _do(self, verb: Callable[[Run], None]) -> Response:
        run = self.get_object()
        try:
            verb(run)
        except RunRefused as refused:
            raise Conflict(refusals.RUNNING[refused.code], refused.code) from refused
        for queue in self.channel.queues:
            hint_on_commit(queue)
        run.refresh_from_db()
        serializer: Any = self.get_serializer()
        self._show(run)
        return Response(serializer.shown(run))

    def _show(self, run: R) -> None:
        """Give it figures where that is quick: counting is no part of stopping it."""
        try:
            self.channel.count_runs([run], whose(self.caller, "contacts"))
        except Slow:
            # Those that are kept are everybody's.
            run.counts = {}


def documented(views: type[RunViews[Any]]) -> type[RunViews[Any]]:
    """Tell the schema what the views of a channel answer."""
    answers = extend_schema(request=None, responses=views.serializer_class)
    return extend_schema_view(pause=answers, resume=answers, cancel=answers)(views)


def filters(subject: str) -> dict[str, QueryFilter]:
    """Return by what runs are narrowed."""
    return {
        subject: QueryFilter(IdField(), f"{subject}_id"),
        "state": QueryFilter(serializers.ChoiceField(Run.State.values), "state"),
    }
