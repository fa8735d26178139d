"""An email as somebody would get it: while it is written, and as it is saved.

What authors wrote is shown in frames without rights: no origin of ours, no form, no address
reached but images, and those of other sites only when asked for (SEC-05, SEC-66, PRV-16).
"""

from copy import copy
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import View
from rest_framework.exceptions import Throttled

from api.limits import Limit
from backoffice.access import Permitted
from backoffice.attachments import tab
from channels.screens.opening import contact_of, message_of, people, visible
from emails.backoffice import audiences
from emails.backoffice.forms import plain_lines, written
from emails.backoffice.frames import policy
from emails.models import Email
from emails.services import drafting, hints, identity, preview
from emails.services.channel import EMAILS
from emails.services.senders import Senders
from kernel import clock, preferences

# A change each quarter of a second, all the minute.
PER_MINUTE = 240
_limit = Limit("drafts")


class Draft(Permitted, View):
    """What is being written, filled in for one contact."""

    kind = "emails"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer the parts of the mail, or what is wrong with it and where."""
        try:
            _limit.take(f"user:{request.user.pk}", PER_MINUTE, clock.now().timestamp())
        except Throttled:
            return JsonResponse({"errors": []}, status=429)
        email = written(request.POST)
        body = "html" if request.POST.get("mode") == "mjml" else "mjml"
        setattr(email, body, "")
        contact = contact_of(request, request.POST.get("contact"))
        refused = refused_sender(request, email)
        faulty = audiences.put(email, request)
        audience = request.POST.get("audience", "")
        draft = drafting.draft(email, contact, clock.now(), audience)
        errors = [*refused, *faulty, *draft.problems]
        shown = draft.shown
        if shown is None:
            return JsonResponse({"errors": errors})
        return JsonResponse(
            {
                **_canvas(request, email, contact, audience),
                "subject": shown.subject,
                "from": sender(shown.from_name, shown.from_address),
                "html": shown.html,
                "text": shown.text,
                "size": -(-len(shown.html.encode()) // 1024),
                "hints": hints.of(email, shown.html, shown.subject),
                "errors": errors,
            }
        )


def _canvas(
    request: HttpRequest, email: Email, contact: int | None, audience: str
) -> dict[str, str]:
    """Render the same once more with the marks by which the design finds its blocks."""
    marked = plain_lines(request.POST.get("marked", ""))
    if not marked.strip() or not email.mjml:
        return {}
    email = copy(email)
    email.mjml = marked
    drawn = drafting.draft(email, contact, clock.now(), audience).shown
    return {"canvas": drawn.html} if drawn else {}


def refused_sender(request: HttpRequest, email: Email) -> list[dict[str, Any]]:
    """Say that a role may not send from an address, while it is typed."""
    user: Any = request.user
    address = email.from_address.strip()
    if not address or "{{" in address or Senders.read().permit(address, str(user.role_id)):
        return []
    message = _("Your role may not send from this address.")
    return [{"field": "from_address", "code": "sender_not_allowed", "message": message}]


def sender(name: str, address: str) -> str:
    """Write a sender as mail programs do; who names none sends as the workspace."""
    name = name or str(preferences.get("emails.from_name"))
    address = address or identity.default_address()
    return f"{name} <{address}>" if name else address


@method_decorator(xframe_options_sameorigin, name="dispatch")
class Canvas(Permitted, View):
    """An empty page without rights, into which the editor writes what the server rendered."""

    kind = "emails"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer the page; the one script that may run in it takes the message and shows it."""
        nonce = str(request.csp_nonce)  # type: ignore[attr-defined]
        response = render(request, "emails/canvas.html", {"nonce": nonce})
        response["Content-Security-Policy"] = policy(request, nonce)
        return response


@method_decorator(xframe_options_sameorigin, name="dispatch")
class Body(Permitted, View):
    """A saved email as a contact gets it, for a frame without rights."""

    kind = "emails"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the HTML; links open in a window of their own."""
        email = email_of(request, pk)
        contact = contact_of(request, request.GET.get("contact"))
        shown = preview.preview(email, contact, clock.now())
        response = HttpResponse('<base target="_blank">' + shown.html)
        response["Content-Security-Policy"] = policy(request)
        return response


class People(Permitted, View):
    """Contacts by words of their name or address."""

    kind = "contacts"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer a few."""
        text = request.GET.get("q", "").replace("\0", "").strip()[:200]
        found = [
            {"id": str(contact.pk), "name": str(contact), "email": contact.email or ""}
            for contact in people(visible(request), text)
        ]
        return JsonResponse({"people": found})


def email_of(request: HttpRequest, pk: int, verb: str = "view", *, lock: bool = False) -> Email:
    """Return an email a user may see; who may only see it is refused another verb."""
    email: Email = message_of(EMAILS, request, pk, verb, lock=lock)
    return email


@tab("emails", "preview", gettext_lazy("Preview"), "emails/preview.html", order=40)
def context(request: HttpRequest, email: Email) -> dict[str, Any]:
    """Show the saved email, filled in for nobody or for the contact of the address."""
    contact = contact_of(request, request.GET.get("contact"))
    shown = preview.preview(email, contact, clock.now())
    text = request.GET.get("person", "").strip()
    sees = bool(request.user.reach("contacts", "view"))  # type: ignore[union-attr]
    return {
        "shown": shown,
        "sender": sender(shown.from_name, shown.from_address),
        "contact": visible(request).get(pk=contact) if contact else None,
        "person": text,
        "found": people(visible(request), text) if text and sees else [],
        "sees_people": sees,
        "images": "images" in request.GET,
        "slim": "slim" in request.GET,
    }


urlpatterns = [
    path("emails/preview", Draft.as_view(), name="emails-preview"),
    path("emails/canvas", Canvas.as_view(), name="emails-canvas"),
    path("emails/people", People.as_view(), name="emails-people"),
    path("emails/<int:pk>/body", Body.as_view(), name="emails-body"),
]
