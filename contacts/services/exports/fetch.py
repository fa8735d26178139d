"""Hand a finished export out: to its owner alone, with the right asked again, for a day."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404

from contacts.catalogue import hidden
from contacts.models import Export
from contacts.services.exports.files import path_of
from contacts.services.exports.forgotten import WHY, forgotten_since
from contacts.services.exports.rights import may_export, only_own
from contacts.services.exports.start import OPEN, WRITTEN
from kernel import secrecy
from kernel.sources import sources

TYPES = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class NotReady(Exception):  # noqa: N818 - an answer
    """It is still being written."""


def fetched(row: Export, user: Any, now: datetime) -> Path:
    """Return the file of an export and count that it was fetched.

    404 when its day is over or somebody was erased since it was read: nobody who asked to
    be forgotten leaves the house in a file. 403 where the right is gone.
    """
    if row.owner_id != user.pk:
        raise Http404
    if row.state in OPEN:
        raise NotReady
    if not is_there(row, now):
        raise Http404
    source = sources.get(row.source)
    if source is None or not may_export(source, user):
        raise PermissionDenied
    if only_own(source, user) and not row.chosen["only_own"]:
        # There are rows in it that they may no longer see.
        raise PermissionDenied
    if source.exports == "contacts" and _tells_hidden(row, user):
        raise PermissionDenied
    Export.objects.filter(pk=row.pk).update(downloads=F("downloads") + 1)
    return path_of(row.file)


def _tells_hidden(row: Export, user: Any) -> bool:
    """Say whether a column is kept from them: by now, or by the token they come with."""
    with secrecy.reading_for(user):
        secret = hidden()
    written = row.chosen.get(WRITTEN) or row.chosen.get("columns")
    return not secret.isdisjoint(written) if written else bool(secret)


def is_there(row: Export, now: datetime) -> bool:
    """Say whether the file can be fetched."""
    return standing(row, now)[0] == Export.State.DONE


def standing(row: Export, now: datetime) -> tuple[str, str]:
    """Return the state that holds, and why: a file may be over before anybody cleaned it up."""
    if row.state != Export.State.DONE:
        return row.state, row.error
    if row.expires_at is None or row.expires_at <= now or not path_of(row.file).is_file():
        return Export.State.EXPIRED, ""
    if forgotten_since(row):
        return Export.State.EXPIRED, WHY
    return row.state, row.error


def shown_name(row: Export) -> str:
    """Return the name the file is saved under: `contacts-2026-11-22-1430.csv`."""
    what = row.source.rsplit(".", 1)[-1]
    return f"{what}-{row.created_at:%Y-%m-%d-%H%M}.{row.format}"
