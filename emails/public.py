"""What readers of our mails reach: pixel, counted links, the way out, the mail in a browser.

GET and HEAD change nothing. Pixel and links need no database: a hit is a line on the spool.
Whoever comes with a token of another purpose, or a changed one, gets one neutral answer.
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.generic import View

from emails.services import identity, leaving, links, preview
from emails.services.leaving import PURPOSES, Reader
from kernel import clock
from kernel.quick import NEVER_KEPT, NOT_ALLOWED, PICTURE, SAFE, Answer, Environ, behind, quick
from tracking import spool, visits
from tracking.signs import signs_of
from tracking.tokens import read, read_click

# Somebody's HTML: no script, no form, no frame, nothing of this site is in its reach.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@quick(links.PIXEL)
def pixel(environ: Environ, token: str) -> Answer | None:
    """Answer the picture; whether the token is good cannot be told from the answer."""
    if environ["REQUEST_METHOD"] not in SAFE:
        return NOT_ALLOWED
    payload = read("open", token)
    if payload and isinstance(payload[0], int):
        spool.append("emails.opened", {"delivery": payload[0], **signs_of(environ)})
    return PICTURE


@quick(links.CLICK)
def click(environ: Environ, token: str) -> Answer | None:
    """Lead to where the mail led, and nowhere else."""
    if environ["REQUEST_METHOD"] not in SAFE:
        return NOT_ALLOWED
    found = read_click(token)
    if found is None:
        return None
    hit = {"delivery": found.delivery, "link": found.position, "url": found.destination[:2000]}
    spool.append("emails.clicked", {**hit, **signs_of(environ)})
    place = visits.introduce(found.destination, "email", found.delivery)
    return Answer(302, {**NEVER_KEPT, "Location": place})


class _Page(View):
    """A page for the holder of a mail, in the language of that mail."""

    purpose: str
    template: str

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the page; nothing changes."""
        reader = leaving.reader_of(read(self.purpose, token))
        return self.show(request, reader)

    def show(self, request: HttpRequest, reader: Reader | None, **told: Any) -> HttpResponse:
        """Answer the page, or the neutral one."""
        if reader is None:
            return _lost(request)
        with override(_language(request, reader)):
            return _render(request, self.template, reader=reader, **told)


@method_decorator(csrf_exempt, name="dispatch")
class Unsubscribe(_Page):
    """The way out: a page with a button, and RFC 8058's one click without a page.

    The token is the proof, so no cookie and no CSRF token are needed.
    """

    purpose = "unsubscribe"
    template = "emails/unsubscribe.html"

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Unsubscribe, or take that back."""
        now, reader = clock.now(), leaving.reader_of(read(self.purpose, token))
        if request.POST.get("List-Unsubscribe") == "One-Click":
            if reader:
                with transaction.atomic():
                    leaving.leave(reader, now)
            return HttpResponse("OK", "text/plain", headers=NEVER_KEPT)
        if reader is not None:
            with transaction.atomic():
                verb = leaving.come_back if "undo" in request.POST else leaving.leave
                verb(reader, now)
        return self.show(request, reader, answered="back" if "undo" in request.POST else "left")


@method_decorator(csrf_exempt, name="dispatch")
class Preferences(_Page):
    """What a person wants from us: mail or none, measured or not."""

    purpose = "preferences"
    template = "emails/preferences.html"

    def show(self, request: HttpRequest, reader: Reader | None, **told: Any) -> HttpResponse:
        """Add what is in force."""
        if reader is not None:
            told = {**told, "measured": reader.measured(), "receives": not reader.has_left}
        return super().show(request, reader, **told)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Keep what the person chose."""
        now, reader = clock.now(), leaving.reader_of(read(self.purpose, token))
        if reader is None:
            return _lost(request)
        with transaction.atomic():
            verb = leaving.come_back if "receives" in request.POST else leaving.leave
            verb(reader, now)
            allowed = {purpose for purpose in PURPOSES if purpose in request.POST}
            leaving.allow(reader, allowed, _("What is measured"), now)
        return self.show(request, reader, saved=True)


@require_safe
def webview(request: HttpRequest, token: str) -> HttpResponse:
    """Show a mail as it was sent, in a page without rights."""
    payload = read("webview", token)
    known = payload is not None and isinstance(payload[0], int)
    shown = preview.as_sent(int(payload[0]), clock.now()) if payload and known else None
    if shown is None:
        return _lost(request)
    headers = {**NEVER_KEPT, "Content-Security-Policy": MAIL_POLICY}
    return HttpResponse(shown, headers=headers)


def _lost(request: HttpRequest) -> HttpResponse:
    with override(_language(request, None)):
        return _render(request, "emails/lost.html")


def _render(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    reader: Reader | None = context.get("reader")
    context["brand"] = reader.brand if reader else identity.brand()
    response = render(request, template, context)
    for name, value in NEVER_KEPT.items():
        response[name] = value
    return response


def _language(request: HttpRequest, reader: Reader | None) -> str:
    """Prefer what the visitor chose, then the mail's language, then the browser's."""
    chosen = [request.GET.get("lang", ""), reader.language[:2].lower() if reader else ""]
    known = [code for code in chosen if code in LANGUAGES]
    return known[0] if known else get_language_from_request(request)


urlpatterns = [
    path("e/o/<str:rest>", behind(pixel, _lost), name="email-pixel"),
    path("e/c/<str:rest>", behind(click, _lost), name="email-click"),
    path("e/u/<str:token>", Unsubscribe.as_view(), name="email-unsubscribe"),
    path("e/p/<str:token>", Preferences.as_view(), name="email-preferences"),
    path("e/v/<str:token>", webview, name="email-webview"),
]
