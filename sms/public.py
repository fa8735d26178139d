"""What strangers reach: short links, and what Twilio tells us. GET and HEAD change nothing.

A call of Twilio is stored and answered; what follows from it is done afterwards. Its signature
covers the address it called and everything it says; it has no time, so that what is sent again is
known by its name (`Receipt`), which of messages to us is kept for good.
"""

import logging
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.encoding import iri_to_uri
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.generic import View
from twilio.request_validator import RequestValidator

from kernel import clock, preferences
from kernel.queues import hint_on_commit
from kernel.quick import NEVER_KEPT
from kernel.sealing import Unreadable
from sms.models import Inbox, Receipt, ShortLink
from sms.services import links, twilio
from sms.services.receipts import LADDER
from sms.services.receiving import Told, keep
from tracking import spool, visits
from tracking.signs import signs_of

logger = logging.getLogger(__name__)
LONGEST = 2_000
SID = re.compile(r"[A-Za-z0-9]{2,64}")
KEPT = {
    Receipt.Sort.STATUS: ("ErrorCode", "ErrorMessage", "To"),
    Receipt.Sort.INBOUND: ("From", "To", "Body", "OptOutType"),
}
NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@require_safe
def short(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to where the text led, and nowhere else."""
    known = code.isascii() and code.isalnum()
    link = ShortLink.objects.filter(pk=code[:16]).first() if known else None
    if link is None:
        return _lost(request)
    hit = {"delivery": link.delivery_id, "link": link.position, "url": link.url[:LONGEST]}
    spool.append("sms.clicked", {**hit, **signs_of(request.META)})
    # A header holds ASCII alone; nor does an author's line break end it.
    place = iri_to_uri(visits.introduce(link.url, "sms", link.delivery_id))
    return HttpResponse(status=302, headers={**NEVER_KEPT, "Location": place})


def _lost(request: HttpRequest) -> HttpResponse:
    host = urlsplit(settings.SITE_URL).hostname or ""
    brand = str(preferences.get("emails.from_name")) or host.removeprefix("www.")
    answer = render(request, "sms/lost.html", {"brand": brand}, status=404)
    for name, value in NEVER_KEPT.items():
        answer[name] = value
    return answer


@method_decorator(csrf_exempt, name="dispatch")
class _Hook(View):
    """A call of Twilio, refused unless it is signed with our account's token."""

    http_method_names = ("post", "options")
    sort: Receipt.Sort

    def post(self, request: HttpRequest, **place: Any) -> HttpResponse:
        """Store it once; answer as soon as it is kept."""
        if not _is_genuine(request):
            return HttpResponseForbidden()
        sid, status = _word(request, "MessageSid"), ""
        if self.sort == Receipt.Sort.STATUS:
            status = _word(request, "MessageStatus").lower()
            if status not in LADDER:
                # A status of tomorrow; what we don't know changes nothing.
                return self.taken()
        if not SID.fullmatch(sid):
            return HttpResponse(status=400)
        told = {name: _word(request, name) for name in KEPT[self.sort] if name in request.POST}
        now = clock.now()
        with transaction.atomic():
            if keep(Told(self.sort, sid, told, status, place.get("delivery", 0)), now, now):
                hint_on_commit("sms.receipts")
        return self.taken()

    def taken(self) -> HttpResponse:
        """Answer that it was taken."""
        return HttpResponse(status=204)


class Status(_Hook):
    """What became of a text of ours."""

    sort = Receipt.Sort.STATUS


class Inbound(_Hook):
    """What somebody wrote to our number."""

    sort = Receipt.Sort.INBOUND

    def taken(self) -> HttpResponse:
        """Answer nothing to them: Twilio would send it as a text."""
        return HttpResponse(NOTHING_TO_SAY, "text/xml")


def _is_genuine(request: HttpRequest) -> bool:
    """Check signature and account; without a token nobody can sign anything."""
    try:
        token = twilio.secret()
    except Unreadable:
        return False
    account, named = str(preferences.get(twilio.ACCOUNT)), request.POST.get("AccountSid", "")
    if not token or not account:
        return False
    if named != account:
        if Inbox.objects.filter(account=named).exists():
            logger.warning("Twilio called for account %s, which we had before.", named)
        return False
    # The address as Twilio called it: proxies of ours may have changed what the request says.
    called = settings.SITE_URL + request.get_full_path()
    signature = request.headers.get("X-Twilio-Signature", "")
    return bool(RequestValidator(token).validate(called, request.POST, signature))


def _word(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")[:LONGEST]


urlpatterns = [
    path(f"{links.PATH[1:]}<str:code>", short, name="sms-link"),
    path("hooks/twilio/status/<int:delivery>", Status.as_view(), name="sms-twilio-status"),
    path("hooks/twilio/inbound", Inbound.as_view(), name="sms-twilio-inbound"),
]
