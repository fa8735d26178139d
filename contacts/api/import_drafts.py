"""REST of drafts: a file kept while one finds out how it is to be taken, then started."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.parsers import MAX_BODY, JSONParser
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.views import ResourceViews
from contacts.api.imports import ImportSerializer, UploadSerializer
from contacts.api.uploads import SETTINGS_BYTES, read_import
from contacts.models import Import
from contacts.services.imports import drafts
from contacts.services.imports.rights import starter_of
from kernel import clock
from kernel.queues import hint_on_commit


class ImportDraftSerializer(ModelSerializer[Import]):
    """A draft, and what would become of it."""

    look = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = ["id", "name", "options", "expected", "look", "created_at", "updated_at"]
        read_only_fields = fields

    def get_look(self, row: Import) -> dict[str, Any]:
        """Show it as a preview does."""
        return drafts.look(row, clock.now())


class ImportSettingsSerializer(Serializer):
    """All settings of a draft; what is left out goes back to what is found out or usual."""

    options = serializers.JSONField()


@resource("imports/drafts")
class DraftViews(ResourceViews[Import]):
    """Drafts: nobody but their owner sees them, and nothing is written before they start."""

    kind = "imports"
    queryset = Import.objects.all()
    serializer_class = ImportDraftSerializer
    parser_classes = [MultiPartParser, JSONParser]
    http_method_names = ["get", "head", "post", "patch", "delete"]
    max_body = settings.IMPORT_LARGEST + SETTINGS_BYTES
    sorts = ("created_at", "name")
    verbs = {"get": "create", "patch": "create", "delete": "create", "start": "create"}

    def get_queryset(self) -> QuerySet[Import]:
        """Return the caller's own."""
        return drafts.drafts_of(self.caller.pk)

    def answer_to_keep(self, data: Any) -> Any:
        """Keep no cells of the file: they are people's, and nobody would forget them there."""
        return {key: value for key, value in data.items() if key != "look"} if data else data

    def largest(self) -> int:
        """Take a large body where a file comes in."""
        return self.max_body if self.action == "create" else MAX_BODY

    @extend_schema(request=UploadSerializer, responses={201: ImportDraftSerializer})
    def create(self, request: Request) -> Response:
        """Keep a file for a week since the last change."""
        upload, options, mends = read_import(request, self.caller)
        starter = starter_of(self.caller, options)
        row = drafts.draft(upload, options, starter, clock.now(), mends)
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=ImportSettingsSerializer, responses={200: ImportDraftSerializer})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Settle it anew."""
        row = self.get_object()
        data: Any = request.data
        if not isinstance(data, Mapping) or set(data) != {"options"}:
            raise Refused(_("The settings are expected."), "required", "options")
        options = data["options"]
        row = drafts.change(row, options, starter_of(self.caller, options), clock.now())
        return Response(self.get_serializer(row).data)

    def delete_one(self, row: Import) -> None:
        """Forget it with its file."""
        drafts.forget(row)

    @extend_schema(request=None, responses={201: ImportSerializer})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Take the file in, in the background."""
        row = self.get_object()
        imported = drafts.begin(row, starter_of(self.caller, row.options), clock.now())
        hint_on_commit("kernel.jobs")
        context = self.get_serializer_context()
        return Response(ImportSerializer(imported, context=context).data, status=201)
