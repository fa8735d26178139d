"""`Idempotency-Key`: a POST repeated under the same key has one effect and one answer.

The claim is a row inserted in the transaction of the effect. A second request with the key waits
on its uniqueness until the first commits (then it is given the stored answer) or fails (then it
takes over). So a crash leaves neither a claim without effect nor an effect without claim.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import LockNotAvailable, QueryCanceled
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused, Unprocessable
from api.models import IdempotencyKey
from api.renderers import JSONRenderer, dumps
from api.trail import PREFIX
from kernel import clock, documents, secrecy
from kernel.ids import read_id

LIFETIME = timedelta(hours=24)
# What ends the wait for whoever holds the key.
WAITED_IN_VAIN = (LockNotAvailable, QueryCanceled)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

# What is posted there answers with a contact.
ANSWER_CONTACTS = frozenset({"contacts", "merges"})

Respond = Callable[[], HttpResponseBase]
# What of an answer may be kept: secrets that are shown once are left out.
Keep = Callable[[Any], Any]


def once(request: Request, respond: Respond, keep: Keep) -> HttpResponseBase:
    """Carry out a POST under its key, inside the transaction that is already open."""
    key = request.headers["Idempotency-Key"]
    if not _KEY.fullmatch(key):
        message = _("Use 1 to 255 visible ASCII characters.")
        raise Refused(message, "invalid_key", "Idempotency-Key")
    fingerprint = _fingerprint(request)
    row, claimed = _claim(int(request.user.pk or 0), key, fingerprint, clock.now())
    if not claimed:
        return _replay(row, fingerprint)
    response = respond()
    if isinstance(response, Response) and response.status_code < 400:
        kept = keep(response.data)
        row.status, row.body = response.status_code, b"" if kept is None else dumps(kept)
        row.contact_id = _contact(request, kept)
        row.save(update_fields=["status", "body", "contact_id"])
    return response


def _contact(request: Request, answer: Any) -> int | None:
    """Return whom an answer is about: `contacts/12/consents`, one that was made, or is named."""
    kind, *rest = request.path.removeprefix(PREFIX).split("/")
    if kind == "contacts" and rest and (number := read_id(rest[0])):
        return number
    told: Mapping[str, Any] = answer if isinstance(answer, Mapping) else {}
    if kind in ANSWER_CONTACTS and not rest:
        return read_id(told.get("id"))
    return read_id(told.get("contact"))


def forget(before: datetime) -> int:
    """Delete keys claimed before that instant."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]


def _claim(user_id: int, key: str, fingerprint: str, now: datetime) -> tuple[IdempotencyKey, bool]:
    """Insert the row, waiting for whoever holds the key; a row past its day is taken over."""
    statement = """
        INSERT INTO idempotency_key (user_id, key, fingerprint, body, created_at)
        VALUES (%(user)s, %(key)s, %(fingerprint)s, '', %(now)s)
        ON CONFLICT (user_id, key) DO UPDATE
        SET fingerprint = EXCLUDED.fingerprint, status = NULL, body = '',
            created_at = EXCLUDED.created_at
        WHERE idempotency_key.created_at < %(expired)s
        RETURNING id
    """
    values: dict[str, int | str | datetime] = {
        "user": user_id,
        "key": key,
        "fingerprint": fingerprint,
        "now": now,
        "expired": now - LIFETIME,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            claimed = cursor.fetchone() is not None
    except OperationalError as error:
        if not isinstance(error.__cause__, WAITED_IN_VAIN):
            raise
        message = _("The first request with this key is still running. Try again later.")
        raise Conflict(message, "in_progress", "Idempotency-Key") from error
    return IdempotencyKey.objects.get(user_id=user_id, key=key), claimed


def _replay(row: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if row.fingerprint != fingerprint:
        message = _("This key was used for another request.")
        raise Unprocessable(message, "key_reused", "Idempotency-Key")
    # Whoever asks again may see less than whoever asked first.
    body = documents.loads(bytes(row.body).decode()) if row.body else None
    return HttpResponse(
        JSONRenderer().render(body),
        status=row.status or 204,
        content_type="application/json",
        headers={"Idempotency-Replayed": "true"},
    )


def _fingerprint(request: Request) -> str:
    """Digest what was asked for, and with which token.

    The order of keys and the form of multipart do not matter.
    """
    digest = hashlib.sha256(request.get_full_path().encode())
    # A token that may do less is not told what another one was.
    digest.update(f"\n{getattr(request.auth, 'pk', None)} {secrecy.hides()}\n".encode())
    data = request.data
    if isinstance(data, QueryDict):
        data = {
            name: [_file(v) if isinstance(v, UploadedFile) else v for v in data.getlist(name)]
            for name in data
        }
    digest.update(dumps(data, options=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()


def _file(upload: "UploadedFile[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
