"""`media`: images of the library."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Away
from api.fields import QueryFilter
from api.parsers import MAX_BODY, JSONParser
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.trail import PREFIX
from api.views import ResourceViews
from kernel import clock
from kernel.trail import Deed, difference, note
from media.models import Image, ImageFile
from media.services import cutting, files, library, showing
from media.services.reading import Occupied
from media.services.writing import Made

# What surrounds the file in the body.
_AROUND = 64 * 1024
_FILE = gettext_lazy("The file, as a part of multipart/form-data or in base64.")


class ComesIn(Away):
    """Other images are worked on; the same request succeeds in a moment."""

    default_code = "busy"
    wait = Occupied.wait


@extend_schema_field({"type": "string", "format": "binary"})
class FileField(serializers.Field[bytes, Any, bytes, Any]):
    """A file of a form, or its bytes in base64."""

    def to_internal_value(self, data: Any) -> bytes:
        """Return the bytes, of which there are not too many."""
        if isinstance(data, UploadedFile):
            return library.whole(data.chunks())
        try:
            raw = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            message = _("A file is expected, or its bytes in base64.")
            raise serializers.ValidationError(message, "invalid") from error
        return library.whole([raw])

    def to_representation(self, value: bytes) -> bytes:
        """Files are fetched by their addresses; this is never asked for."""
        return value


class ImageSerializer(ModelSerializer[Image]):
    """An image with the addresses it is served by: they last as long as it does."""

    file = FileField(write_only=True, help_text=_FILE)
    url = serializers.SerializerMethodField(
        help_text=gettext_lazy("For mails: at most 1,200 pixels wide.")
    )
    small_url = serializers.SerializerMethodField(
        help_text=gettext_lazy("At most 600 pixels wide.")
    )
    full_url = serializers.SerializerMethodField(help_text=gettext_lazy("The whole picture."))
    thumbnail_url = serializers.SerializerMethodField(
        help_text=gettext_lazy("For lists; of a moving picture the first frame.")
    )

    class Meta:
        model = Image
        fields: ClassVar = [
            *("id", "name", "alt", "file", "format", "width", "height", "size"),
            *("url", "small_url", "full_url", "thumbnail_url"),
            *("version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = [
            *("format", "width", "height", "size", "created_at", "updated_at"),
        ]
        extra_kwargs: ClassVar = {"name": {"required": False}}

    def get_url(self, row: Image) -> str:
        """Return the address for mails."""
        return files.address(row.file("mail").name)

    def get_small_url(self, row: Image) -> str:
        """Return the address of the small one."""
        return files.address(row.file("small").name)

    def get_full_url(self, row: Image) -> str:
        """Return the address of the whole picture."""
        return files.address(row.file("full").name)

    def get_thumbnail_url(self, row: Image) -> str:
        """Return the address of the thumbnail."""
        return files.address(row.file("thumb").name)


class FileSerializer(Serializer):
    """A file alone."""

    file = FileField(help_text=_FILE)


class RenewedSerializer(Serializer):
    """How many show the new picture now, and how many are left as they were."""

    changed = serializers.IntegerField()
    left = serializers.IntegerField(
        help_text=gettext_lazy("Not the caller's to change, or to be mended first.")
    )
    more = serializers.IntegerField(help_text=gettext_lazy("Not tried yet: ask again."))


class CutSerializer(Serializer):
    """What of an image another one is to show, and how wide."""

    name = serializers.CharField(required=False, max_length=200)
    shape = serializers.ChoiceField(
        cutting.SHAPES, default="", help_text=gettext_lazy("Width to height; empty: as it is.")
    )
    width = serializers.IntegerField(min_value=1, max_value=cutting.WIDEST, required=False)
    # What stays in the middle, in hundredths of width and height.
    x = serializers.IntegerField(min_value=0, max_value=100, default=50)
    y = serializers.IntegerField(min_value=0, max_value=100, default=50)


@resource("media")
class ImageViews(ResourceViews[Image]):
    """Images; one that an email shows is not deleted."""

    kind = "media"
    queryset = Image.objects.prefetch_related(
        Prefetch("files", ImageFile.objects.filter(current=True))
    )
    serializer_class = ImageSerializer
    parser_classes = [MultiPartParser, JSONParser]
    sorts = ("name", "created_at", "updated_at")
    filters: ClassVar = {
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
        "format": QueryFilter(serializers.ChoiceField(Image.Format.choices), "format"),
    }
    # Which emails may be changed is asked of each.
    verbs: ClassVar = {"replace": "edit", "crop": "create", "renew": "view"}

    made: list[Made] | None = None

    def _respond(self, request: Request) -> HttpResponseBase:
        """Renew each email in a transaction of its own: none stays locked for the others."""
        if self.action == "renew":
            return self._handle(request, "post")
        return super()._respond(request)

    def _write(self, request: Request, method: str) -> HttpResponseBase:
        """Work on pixels first: no transaction is open and no row locked for these seconds."""
        if self.made is None:
            try:
                self.made = self._prepared(request)
            except Occupied as occupied:
                raise ComesIn(str(occupied)) from occupied
        return super()._write(request, method)

    def _prepared(self, request: Request) -> list[Made] | None:
        """Make the files; what is not as it should be is told where it is taken."""
        body: Any = request.data
        if self.action not in {"create", "replace", "crop"} or not isinstance(body, Mapping):
            return None
        row = None
        if self.action != "create":
            with transaction.atomic():
                row = self.get_object()
        if row and self.action == "crop":
            wanted = CutSerializer(data=body)
            return cutting.prepared(row, wanted.validated_data) if wanted.is_valid() else None
        given = FileSerializer(data={"file": body.get("file")})
        return library.prepared(given.validated_data["file"]) if given.is_valid() else None

    def largest(self) -> int:
        """Take a large body where a file comes in."""
        comes = self.action in {"create", "replace"}
        return max(MAX_BODY, settings.IMAGE_LARGEST + _AROUND) if comes else MAX_BODY

    def create_one(self, values: dict[str, Any]) -> Image:
        """Take a file in."""
        body: Any = self.request.data
        upload = body.get("file")
        named = library.named_by(upload.name or "") if isinstance(upload, UploadedFile) else ""
        told = {"name": named or str(_("Image")), **values}
        told.pop("file")
        return library.add(self.made or [], told, told.pop("owner", None), clock.now())

    def change_one(self, row: Image, values: dict[str, Any]) -> Image:
        """Change name or description; another file comes by `replace`."""
        if "file" in values:
            message = _("Send another file to “replace”.")
            raise serializers.ValidationError({"file": [message]}, "read_only")
        return library.change(row, values, clock.now())

    def delete_one(self, row: Image) -> None:
        """Delete it unless something shows it."""
        library.delete(row, clock.now())

    @extend_schema(request=FileSerializer, responses={200: ImageSerializer})
    @action(detail=True, methods=["post"])
    def replace(self, request: Request, pk: str) -> Response:
        """Put another picture in its place; what shows the former one goes on doing so."""
        row = self.get_object()
        given = FileSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        library.replace(row, self.made or [], clock.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses={200: RenewedSerializer})
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        """Have emails that show a former picture show this one: those the caller may change."""
        with transaction.atomic():
            row, now = self.get_object(), clock.now()

        def tell(deed: Deed) -> None:
            before, after = difference(deed.before, deed.after)
            told = replace(
                deed,
                before=before,
                after=after,
                user=request.user.pk,
                token=getattr(request.auth, "pk", None),
                path=request.path.removeprefix(PREFIX),
                address=request.META.get("REMOTE_ADDR", ""),
            )
            note(told, now)

        changed, left, more = showing.renew(row, self.caller, now, tell)
        return Response({"changed": changed, "left": left, "more": more})

    @extend_schema(request=CutSerializer, responses={201: ImageSerializer})
    @action(detail=True, methods=["post"])
    def crop(self, request: Request, pk: str) -> Response:
        """Make another image of a part of it, or a smaller one."""
        row = self.get_object()
        given = CutSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = dict(given.validated_data)
        made = cutting.cut(row, self.made or [], wanted, request.user, clock.now())
        return Response(self.get_serializer(made).data, status=201)
