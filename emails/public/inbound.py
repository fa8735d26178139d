"""Where mail servers post what comes back: signed as Standard Webhooks are, stored, then answered.

The signature covers id, time and body; a time more than five minutes off is refused, and a message
that is sent again within them is known by its digest. What follows is done afterwards.
"""

import base64
import binascii
import hmac
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from emails.models import MailSource
from emails.services import intake
from emails.services.mailboxes import SEALED
from kernel import clock
from kernel.sealing import Unreadable, unseal

LARGEST = 2 * 1024 * 1024
# Clocks differ by less.
SKEW = 300
LONGEST_NAME = 200
MOST_SIGNATURES = 8


@method_decorator(csrf_exempt, name="dispatch")
class Inbound(View):
    """One message as it came over the wire, `message/rfc822`; `?recipient=` is the envelope's."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store it once; answer as soon as it is kept."""
        length = request.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST:
            return HttpResponse(status=413 if length.isdigit() else 411)
        source = MailSource.objects.filter(pk=pk, way=MailSource.Way.WEBHOOK, active=True).first()
        if not _is_genuine(request, source.sealed if source else ""):
            return HttpResponse(status=403)
        body = request.body
        if not body.strip():
            return HttpResponse(status=400)
        now = clock.now()
        recipient = request.GET.get("recipient", "")
        if intake.store(body, now, source=pk, recipient=recipient):
            MailSource.objects.filter(pk=pk).update(looked_at=now, taken_at=now)
        return HttpResponse(status=204)


def _is_genuine(request: HttpRequest, sealed: str) -> bool:
    """Check signature and time; an unknown source takes as long as a wrong signature."""
    name = request.headers.get("webhook-id", "")[:LONGEST_NAME]
    at = request.headers.get("webhook-timestamp", "")
    try:
        secret = unseal(sealed, SEALED) if sealed else ""
    except Unreadable:
        secret = ""
    # Not the envelope's recipient: what it may name of ours carries a code of its own.
    signed = f"{name}.{at}.".encode() + request.body
    code = hmac.new(_key(secret), signed, sha256).digest()
    given = request.headers.get("webhook-signature", "").split()[:MOST_SIGNATURES]
    genuine = any(hmac.compare_digest(code, _bytes(one)) for one in given)
    fresh = at.isascii() and at.isdigit() and len(at) < 12
    fresh = fresh and abs(clock.now().timestamp() - int(at)) <= SKEW
    return genuine and fresh and bool(secret and name)


def _key(secret: str) -> bytes:
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            return secret.encode()
    return secret.encode()


def _bytes(signature: str) -> bytes:
    version, _comma, value = signature.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""


urlpatterns = [path("hooks/mail/<int:pk>", Inbound.as_view(), name="mail-inbound")]
