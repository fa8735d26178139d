"""REST of imports: send a file, follow it, stop it, fetch what was refused."""

from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Conflict
from api.fields import IdField, QueryFilter
from api.parsers import MAX_BODY, JSONParser
from api.routers import endpoint, resource
from api.serializers import ModelSerializer, Serializer
from api.views import ResourceViews
from contacts.api.uploads import SETTINGS_BYTES, read_import
from contacts.models import Import
from contacts.services.imports import resuming, undo
from contacts.services.imports.objects import of
from contacts.services.imports.preview import preview
from contacts.services.imports.rejects import rejects_as_csv
from contacts.services.imports.rights import starter_of
from contacts.services.imports.start import cancel, start
from kernel import clock
from kernel.actions import contact_actions
from kernel.jobs import said
from kernel.permissions import Reach
from kernel.queues import hint_on_commit

# Why what is asked for once is not done twice.
UNDONE: dict[str, Any] = {
    Import.State.UNDONE: _("This import was undone already."),
    Import.State.UNDOING: _("This import is being undone already."),
}
# Drafts have an address of their own.
STATES = [choice for choice in Import.State.choices if choice[0] != Import.State.DRAFT]


class UploadSerializer(Serializer):
    """The parts of an upload: the file, and JSON about how to take it."""

    file = serializers.FileField()
    options = serializers.JSONField(required=False)


class ImportSerializer(ModelSerializer[Import]):
    """An import as it stands."""

    mapping = serializers.JSONField(source="plan.fields", read_only=True)
    written = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    kept_for = serializers.DictField(
        child=serializers.IntegerField(),
        read_only=True,
        help_text=_("Why undoing kept whom it kept: how many for which reason."),
    )
    mends = IdField(
        read_only=True,
        allow_null=True,
        help_text=_("The import whose refused rows these are, mended."),
    )

    class Meta:
        model = Import
        fields = [
            "id",
            "name",
            "state",
            "options",
            "mapping",
            "written",
            "expected",
            "read",
            "created",
            "updated",
            "unchanged",
            "rejected",
            "unplaced",
            "reopened",
            "erased",
            "undone",
            "kept",
            "kept_for",
            "mends",
            "warnings",
            "error",
            "owner",
            "created_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = fields

    def get_written(self, row: Import) -> dict[str, Any]:
        """Say how the file is read: encoding, separator, decimal mark, order of dates."""
        # The import of the sample read no file.
        return {**row.plan.get("dialect", {}), **row.plan.get("conventions", {})}

    def get_error(self, row: Import) -> str:
        """Say why it failed, in the language of who asks."""
        return said(row.error)

    def get_warnings(self, row: Import) -> list[str]:
        """Say what may surprise: members by hand in a segment that follows a filter."""
        action = contact_actions.get("segments.change")
        segment = row.options.get("segment")
        return action({"add": [segment]}).remarks() if action and segment else []


@endpoint("imports/preview")
class Preview(ApiView):
    """Shows how a file would be read; stores nothing."""

    kind = "imports"
    asks = True
    parser_classes = [MultiPartParser]
    max_body = settings.IMPORT_LARGEST + SETTINGS_BYTES

    @extend_schema(request=UploadSerializer, responses={200: dict})
    def post(self, request: Request) -> Response:
        """Answer what was found out, with twenty converted rows."""
        upload, options, _mends = read_import(request, self.caller)
        return Response(preview(upload, options, clock.now()))


@resource("imports")
class ImportViews(ResourceViews[Import]):
    """Imports: they are made by a file and never changed."""

    kind = "imports"
    queryset = Import.objects.exclude(state=Import.State.DRAFT)
    serializer_class = ImportSerializer
    parser_classes = [MultiPartParser, JSONParser]
    http_method_names = ["get", "head", "post"]
    max_body = settings.IMPORT_LARGEST + SETTINGS_BYTES
    sorts = ("created_at", "name")
    filters: ClassVar[dict[str, QueryFilter]] = {
        "state": QueryFilter(serializers.ChoiceField(STATES), "state")
    }

    def largest(self) -> int:
        """Take a large body where a file comes in."""
        return self.max_body if self.action == "create" else MAX_BODY

    @extend_schema(request=UploadSerializer, responses={201: ImportSerializer})
    def create(self, request: Request) -> Response:
        """Take a file in the background."""
        upload, options, mends = read_import(request, self.caller)
        starter = starter_of(self.caller, options)
        imported = start(upload, options, starter, clock.now(), mends)
        hint_on_commit("kernel.jobs")
        return Response(self.get_serializer(imported).data, status=201)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop it, or its undoing; what was written, or forgotten, stays so."""
        imported = self.get_object()
        end = undo.stop if imported.state == Import.State.UNDOING else cancel
        if not end(imported, clock.now()):
            raise Conflict(_("This import is already finished."), "finished")
        imported.refresh_from_db()
        return Response(self.get_serializer(imported).data)

    @extend_schema(request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on with one that failed, at the row where it stopped."""
        imported = self.get_object()
        if imported.state != Import.State.FAILED:
            raise Conflict(_("Only an import that failed can be resumed."), "not_failed")
        if not resuming.is_there(imported):
            raise Conflict(_("The file is no longer there. Upload it again."), "gone")
        if not resuming.may_resume(imported, self.caller):
            raise PermissionDenied
        resuming.resume(imported, self.caller.pk, clock.now())
        hint_on_commit("kernel.jobs")
        return Response(self.get_serializer(imported).data, status=202)

    @extend_schema(request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Forget the people it created, but for those whom something happened to since."""
        imported = self.get_object()
        if imported.state in UNDONE:
            raise Conflict(UNDONE[imported.state], imported.state)
        if imported.state not in undo.ENDED:
            raise Conflict(_("Only an import that has ended can be undone."), "not_finished")
        if self.caller.reach(of(imported).rights, "delete") is Reach.NONE:
            raise PermissionDenied
        undo.start(imported, self.caller.pk, clock.now())
        hint_on_commit("kernel.jobs")
        return Response(self.get_serializer(imported).data, status=202)

    @action(detail=True, methods=["get"])
    def rejects(self, request: Request, pk: str) -> HttpResponseBase:
        """Hand out the refused rows with their reasons."""
        return _file(self.get_object(), "rejects", written=False)

    @action(detail=True, methods=["get"])
    def unplaced(self, request: Request, pk: str) -> HttpResponseBase:
        """Hand out the rows that were written, though not all that they ask for was done."""
        return _file(self.get_object(), "unplaced", written=True)


def _file(imported: Import, name: str, *, written: bool) -> HttpResponseBase:
    name = quote(f"{name}-{imported.name.rsplit('.', 1)[0]}.csv")
    return StreamingHttpResponse(
        (line.encode() for line in rejects_as_csv(imported, written=written)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )
