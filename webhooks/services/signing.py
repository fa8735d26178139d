"""Signs what is posted, as Standard Webhooks do, and names it the same at each try."""

import base64
import hashlib
import hmac
from datetime import datetime

from django.conf import settings

from kernel.sealing import unseal
from kernel.settings_forms import SECRETS

PREFIX = "whsec_"


def name_of(cause: str) -> str:
    """Return the id of a post: the same for every try, so that a receiver may know it again."""
    told = f"{settings.SITE_URL}:{cause}".encode()
    return "msg_" + hashlib.blake2b(told, digest_size=16).hexdigest()


def headers(cause: str, sealed: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of one try."""
    name, at = name_of(cause), str(int(now.timestamp()))
    found = {
        "Idempotency-Key": name,
        "webhook-id": name,
        "webhook-timestamp": at,
    }
    if sealed:
        key = _key(unseal(sealed, SECRETS))
        signed = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
        found["webhook-signature"] = "v1," + base64.b64encode(signed).decode()
    return found


def _key(secret: str) -> bytes:
    """Return the bytes of a secret; one of the standard's form is written in base64."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except ValueError:  # Not base64, or not even ASCII: taken as it was entered.
            return secret.encode()
    return secret.encode()
