"""Pages for the reader of a mail: the way out, preferences, confirming, the mail in a browser."""

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

from emails.services import choosing, confirming, identity, leaving, preview
from emails.services.leaving import PURPOSES, Reader
from kernel import clock
from kernel.quick import NEVER_KEPT
from tracking.tokens import read

# Somebody's HTML: no script, no form, no frame, nothing of this site is in its reach.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class _Page(View):
    """A page for the holder of a mail, in the language of that mail."""

    purpose: str
    template: str

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the page; nothing changes."""
        reader = self.reader(request, token)
        return self.show(request, reader)

    def reader(self, request: HttpRequest, token: str) -> Reader | None:
        """Find who holds the mail; what they say is kept with where they said it."""
        return leaving.reader_of(read(self.purpose, token), request.META.get("REMOTE_ADDR"))

    def show(self, request: HttpRequest, reader: Reader | None, **told: Any) -> HttpResponse:
        """Answer the page, or the neutral one."""
        if reader is None:
            return lost(request)
        with override(_language(request, reader)):
            return _render(request, self.template, reader=reader, **told)


@method_decorator(csrf_exempt, name="dispatch")
class Unsubscribe(_Page):
    """The way out: a page with a button, and RFC 8058's one click without a page.

    A mail about a topic leaves that topic, any other all of them. The token is the proof, so no
    cookie and no CSRF token are needed.
    """

    purpose = "unsubscribe"
    template = "emails/unsubscribe.html"

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Unsubscribe, or take that back."""
        now, reader = clock.now(), self.reader(request, token)
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        undo = "undo" in request.POST and not one_click
        everything = "all" in request.POST and not one_click
        if reader is not None:
            with transaction.atomic():
                verb = leaving.come_back if undo else leaving.leave
                verb(reader, now, everything=everything)
        if one_click:
            return HttpResponse("OK", "text/plain", headers=NEVER_KEPT)
        return self.show(request, reader, answered="back" if undo else "left")


@method_decorator(csrf_exempt, name="dispatch")
class Preferences(_Page):
    """What a person wants from us: mail or none, on what, how often, measured or not."""

    purpose = "preferences"
    template = "emails/preferences.html"

    def show(self, request: HttpRequest, reader: Reader | None, **told: Any) -> HttpResponse:
        """Add what is in force."""
        if reader is not None:
            told |= {"measured": reader.measured(), "receives": not reader.has_left}
            told |= {"choices": choosing.of(reader.contact.pk), "last_day": _last_day()}
        return super().show(request, reader, **told)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Keep what the person chose."""
        now, reader = clock.now(), self.reader(request, token)
        if reader is None:
            return lost(request)
        # The proof keeps the words that were read.
        with override(_language(request, reader)), transaction.atomic():
            leaving.choose(reader, now, receives="receives" in request.POST)
            allowed = {purpose for purpose in PURPOSES if purpose in request.POST}
            leaving.allow(reader, allowed, _("What is measured"), now)
            chosen = {name: request.POST.getlist(name) for name in request.POST}
            choosing.keep(reader.contact.pk, chosen, _("What I receive"), now, reader.ip)
        return self.show(request, reader, saved=True)


@method_decorator(csrf_exempt, name="dispatch")
class Confirm(_Page):
    """A sign-up is confirmed by pressing a button: programs that only look confirm nothing."""

    purpose = "confirm"
    template = "emails/confirm.html"

    def show(self, request: HttpRequest, reader: Reader | None, **told: Any) -> HttpResponse:
        """Add what waits to be confirmed."""
        if reader is not None:
            person = reader.contact.pk
            found = {"asked": confirming.asked(person), "waits": confirming.waits(person)}
            told = {**found, "agreed": confirming.agreed(person), **told}
        return super().show(request, reader, **told)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Confirm it."""
        now, reader = clock.now(), self.reader(request, token)
        if reader is None:
            return lost(request)
        asked = confirming.asked(reader.contact.pk)
        with override(_language(request, reader)), transaction.atomic():
            words = _("Yes, send me these emails")
            confirmed = confirming.confirm(reader.contact.pk, words, now, reader.ip)
        return self.show(request, reader, asked=asked, confirmed=confirmed)


def _last_day() -> str:
    return (clock.now() + choosing.LONGEST_PAUSE).date().isoformat()


@require_safe
def webview(request: HttpRequest, token: str) -> HttpResponse:
    """Show a mail as it was sent, in a page without rights."""
    payload = read("webview", token)
    known = payload is not None and isinstance(payload[0], int)
    shown = preview.as_sent(int(payload[0]), clock.now()) if payload and known else None
    if shown is None:
        return lost(request)
    headers = {**NEVER_KEPT, "Content-Security-Policy": MAIL_POLICY}
    return HttpResponse(shown, headers=headers)


def lost(request: HttpRequest) -> HttpResponse:
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
    path("e/u/<str:token>", Unsubscribe.as_view(), name="email-unsubscribe"),
    path("e/p/<str:token>", Preferences.as_view(), name="email-preferences"),
    path("e/y/<str:token>", Confirm.as_view(), name="email-confirm"),
    path("e/v/<str:token>", webview, name="email-webview"),
]
