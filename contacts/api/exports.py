"""REST of exports: rows of contacts or companies as a file of one's own, for a day."""

from typing import Any, ClassVar
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused
from api.fields import FilterField, IdField, QueryFilter, TruthField
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.trail import PREFIX, Trail
from api.views import ResourceViews
from contacts.models import Export
from contacts.services.exports.fetch import TYPES, NotReady, fetched, shown_name, standing
from contacts.services.exports.rights import only_own
from contacts.services.exports.start import Wanted, cancel, queue, told
from contacts.services.merge import followed
from kernel import clock, secrecy
from kernel.jobs import said
from kernel.queues import hint_on_commit
from kernel.sources import Chosen, Source, sources
from kernel.trail import Deed, note

MOST = 100_000
LONGEST_TEXT = 200


class WantedSerializer(Serializer):
    """What to export: the source, which of its rows (one of four ways), which columns."""

    source = serializers.CharField(  # type: ignore[assignment]
        default="contacts.contacts", max_length=80
    )
    format = serializers.ChoiceField(Export.Format.choices, default=Export.Format.CSV)
    columns = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=1_000, default=list
    )
    ids = serializers.ListField(child=IdField(), max_length=MOST, required=False)
    filter = FilterField(required=False)
    search = serializers.CharField(max_length=LONGEST_TEXT, required=False)
    everything = TruthField(required=False)


class ExportSerializer(ModelSerializer[Export]):
    """An export as it stands."""

    chosen = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = [
            "id",
            "source",
            "format",
            "chosen",
            "state",
            "rows",
            "expected",
            "bytes",
            "error",
            "downloads",
            "created_at",
            "finished_at",
            "expires_at",
        ]
        read_only_fields = fields

    def get_chosen(self, row: Export) -> dict[str, Any]:
        """Say which rows and columns were asked for; of a list of ids how many there are."""
        chosen, ids = dict(row.chosen), row.chosen.get("ids")
        if ids is not None:
            chosen["ids"] = len(ids)
        shown = ("ids", "search", "columns", "only_own")
        return {key: chosen[key] for key in shown if chosen.get(key)}

    @extend_schema_field(serializers.ChoiceField(Export.State.choices))
    def get_state(self, row: Export) -> str:
        """Say where it stands, also where the file is over and nobody cleaned it up yet."""
        return standing(row, clock.now())[0]

    def get_error(self, row: Export) -> str:
        """Say why it failed, or ended before its day, in the language of who asks."""
        return said(standing(row, clock.now())[1])


@resource("exports")
class ExportViews(ResourceViews[Export]):
    """Exports of one's own; nobody sees another's, whatever their role."""

    queryset = Export.objects.defer("people")
    serializer_class = ExportSerializer
    http_method_names = ["get", "head", "post"]
    sorts = ("created_at",)
    filters: ClassVar[dict[str, QueryFilter]] = {
        "state": QueryFilter(serializers.ChoiceField(Export.State.choices), "state")
    }

    def get_queryset(self) -> QuerySet[Export]:
        """Return the caller's own."""
        return super().get_queryset().filter(owner_id=self.caller.pk)

    def trail(self) -> Trail:
        """Keep figures: what was looked for names people. Asking tells more by itself."""
        return Trail.NOTHING if self.action == "create" else Trail.NAMES

    @extend_schema(request=WantedSerializer, responses={201: ExportSerializer})
    def create(self, request: Request) -> Response:
        """Have the rows written in the background."""
        body = WantedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        source = sources.get(asked["source"])
        # A token may reach less far than its user, whom the job knows.
        own = source is not None and bool(source.exports) and only_own(source, self.caller)
        chosen = Chosen(_ids(asked), _search(asked), _columns(source, asked["columns"]), own)
        wanted = Wanted(asked["source"], chosen, asked["format"], len(chosen.ids or ()))
        row = queue(self.caller, wanted, clock.now())
        hint_on_commit("kernel.jobs")
        self._note("create", row)
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=None, responses={200: ExportSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Call it off; nothing is left of the file."""
        row = self.get_object()
        if not cancel(row, clock.now()):
            raise Conflict(_("This export is already finished."), "finished")
        row.refresh_from_db()
        return Response(self.get_serializer(row).data)

    @extend_schema(responses={(200, "application/octet-stream"): bytes})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """Hand the file out, and keep that it was."""
        row = self.get_object()
        try:
            path = fetched(row, self.caller, clock.now())
        except NotReady as waits:
            raise Conflict(_("This export is not finished yet."), "not_ready") from waits
        self._note("download", row)
        answer = FileResponse(path.open("rb"), content_type=TYPES[Export.Format(row.format)])
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(shown_name(row))}"
        answer["Cache-Control"] = "no-store"
        return answer

    def _note(self, verb: str, row: Export) -> None:
        request = self.request
        deed = Deed(
            "exports",
            verb,
            user=self.caller.pk,
            token=getattr(request.auth, "pk", None),
            object=row.pk,
            path=request.path.removeprefix(PREFIX),
            address=request.META.get("REMOTE_ADDR", ""),
            after=told(row),
        )
        note(deed, clock.now())


def _columns(source: type[Source] | None, asked: list[str]) -> list[str]:
    """Return the columns: of all of them, those alone that the caller may see."""
    if asked or source is None or not secrecy.hides():
        return asked
    return [column.key for column in source().columns()]


def _ids(asked: dict[str, Any]) -> list[int] | None:
    """Return the ids, once it is sure that one way of choosing was taken: nobody slips into all."""
    ways = [key for key in ("ids", "filter", "everything") if asked.get(key)]
    ways += ["search"] if asked.get("search") and "filter" not in ways else []
    if len(ways) != 1:
        message = _("Say which rows: ids, a filter or search, or everything.")
        raise Refused(message, "required", "ids")
    return sorted(set(followed(asked["ids"]))) if ways == ["ids"] else None


def _search(asked: dict[str, Any]) -> dict[str, Any] | None:
    if asked.get("ids"):
        return None
    return {"text": asked.get("search", ""), "answers": {}, "tree": asked.get("filter")}
