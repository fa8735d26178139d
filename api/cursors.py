"""Cursors of lists: signed, bound to one list, good for a day."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from api.errors import Refused
from api.renderers import dumps

LIFETIME = timedelta(hours=24)
_signer = signing.Signer(salt="api.cursor")


def seal(scope: str, position: list[Any], now: datetime) -> str:
    """Write the place after the last row of a page."""
    document = [_digest(scope), int((now + LIFETIME).timestamp()), position]
    return _signer.sign_object(document, serializer=_Compact)


def unseal(cursor: str, scope: str, now: datetime) -> list[Any]:
    """Read the place back, or refuse a cursor that is forged, old or of another list."""
    try:
        digest, expires, position = _signer.unsign_object(cursor, serializer=_Compact)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Refused(_("This cursor is not valid."), "invalid_cursor", "cursor") from error
    if digest != _digest(scope):
        message = _("This cursor belongs to a list with another filter or order.")
        raise Refused(message, "invalid_cursor", "cursor")
    if expires < now.timestamp():
        raise Refused(_("This cursor is older than 24 hours."), "expired_cursor", "cursor")
    return list(position)


def _digest(scope: str) -> str:
    return hashlib.blake2s(scope.encode(), digest_size=9).hexdigest()


class _Compact:
    """Instants to the microsecond and decimals as text: a cursor must lose nothing."""

    def dumps(self, document: Any) -> bytes:
        return dumps(document)

    def loads(self, raw: bytes) -> Any:
        import json

        return json.loads(raw)
