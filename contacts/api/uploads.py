"""Read an upload of a file with its settings, refusing anything else that comes with it."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from api.errors import Refused
from api.parsers import loads
from contacts.models import Import
from contacts.services.imports import mended
from contacts.services.imports.start import Upload
from kernel.permissions import Actor, narrow

SETTINGS_BYTES = 1024 * 1024


def read_import(request: Request, caller: Actor) -> tuple[Upload, Any, int | None]:
    """Return the file, its settings, and the import whose refused rows these are, if it says so."""
    upload, options = read_upload(request)
    seen = narrow(Import.objects.all(), caller, "imports", "view")
    options, first = mended.asked(options, seen)
    return upload, options, first.pk if first else None


def read_upload(request: Request) -> tuple[Upload, Any]:
    """Return the file and the decoded settings."""
    data: Any = request.data
    if not isinstance(data, QueryDict):
        raise Refused(_("Send the file as multipart/form-data."), "required", "file")
    for name in data:
        if name not in {"file", "options"}:
            raise Refused(_("This field is not known."), "unknown_field", str(name))
        if len(data.getlist(name)) > 1:
            raise Refused(_("This field is given twice."), "duplicate_key", str(name))
    file: Any = data.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused(_("A file is needed."), "required", "file")
    return Upload(file.name or "", file.chunks()), _options(data.get("options"))


def _options(part: Any) -> Any:
    """Read the settings, sent as a field or, as some clients do, as a file of JSON."""
    if not part:
        return {}
    if isinstance(part, UploadedFile):
        raw = part.read(SETTINGS_BYTES + 1)
    else:
        raw = str(part).encode("utf-8", "surrogatepass")
    if len(raw) > SETTINGS_BYTES:
        raise Refused(_("The settings are too long."), "too_large", "options")
    try:
        return loads(raw)
    except Refused as refused:
        place = f"options.{refused.field}" if refused.field else "options"
        raise Refused(refused.detail, str(refused.get_codes()), place) from refused
