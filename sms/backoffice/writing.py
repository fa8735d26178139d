"""A text while it is written: in how many parts it goes, as somebody would get it, and a test."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.generic import View
from rest_framework.exceptions import Throttled

from api.limits import Limit
from backoffice.access import Permitted
from backoffice.screens import leave_trail
from channels.screens.opening import contact_of, message_of, people, visible
from channels.services import storing
from contacts.values.phones import international, spellings
from content.problems import RenderRefused, TemplateRefused
from kernel import clock, preferences
from kernel.ids import read_id
from kernel.permissions import Reach
from kernel.trail import Deed
from sms import parts
from sms.models import Text
from sms.services import holding, policies, preview, refusals, trials
from sms.services.channel import SMS

PER_MINUTE = 10
_limit = Limit("test-texts")


def written(values: Any) -> Text:
    """Return a text as it stands in a form, to be checked and looked at, not to be saved."""
    names = ("name", "kind", "language")
    body = (values.get("body") or "").replace("\r\n", "\n")
    return Text(body=body, **{name: values.get(name) or "en" for name in names})


class Draft(Permitted, View):
    """What is being written, filled in for one contact, and its parts."""

    kind = "sms"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer the text, or what is wrong with it and where."""
        contact = contact_of(request, request.POST.get("contact"))
        text = written(request.POST)
        try:
            shown = preview.draft(text, contact, clock.now())
        except TemplateRefused as refused:
            return JsonResponse({"errors": [storing.told(one) for one in refused.problems]})
        except RenderRefused as refused:
            return JsonResponse({"errors": [{"field": "body", "message": str(refused)}]})
        counted = shown.parts
        return JsonResponse(
            {
                "body": shown.body,
                "encoding": counted.encoding,
                "units": counted.units,
                "parts": counted.parts,
                "room": counted.room,
                "varies": shown.varies,
                "foreign": parts.foreign(shown.body)[:12],
                "errors": [],
            }
        )


class People(Permitted, View):
    """Contacts by words of their name, address or number."""

    kind = "contacts"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer a few."""
        text = request.GET.get("q", "").replace("\0", "").strip()[:200]
        found = [
            # Beside the name stands what it would be sent to.
            {"id": str(contact.pk), "name": str(contact), "email": contact.mobile or ""}
            for contact in people(visible(request), text)
        ]
        return JsonResponse({"people": found})


class Problem(Exception):  # noqa: N818 - an answer to a person
    """Why no test goes out."""


class Test(Permitted, View):
    """Sends what stands in the form to a few numbers."""

    kind, verb = "sms", "publish"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send it, or say why not."""
        # The script is that of emails, and so is the name of what is edited.
        if number := read_id(request.POST.get("email")):
            message_of(SMS, request, number, "publish")
        try:
            asked = _numbers(request)
            refused = self._send(request, asked)
        except Problem as problem:
            return JsonResponse({"problem": str(problem)}, status=422)
        except Throttled:
            message = _("Enough test texts for this minute. Try again in the next one.")
            return JsonResponse({"problem": message}, status=429)
        if refused:
            told = "; ".join(f"{number}: {words}" for number, words in refused.items())
            return JsonResponse({"problem": told}, status=422)
        return JsonResponse({"sent": asked})

    def _send(self, request: HttpRequest, asked: list[str]) -> dict[str, str]:
        if holding.halted():
            held = _(
                "Nothing is being sent: the settings of the workspace say “Send nothing for now”."
            )
            raise Problem(held)
        now, text = clock.now(), written(request.POST)
        contact = contact_of(request, request.POST.get("contact"))
        if closed := trials.closed(text, asked):
            why = "; ".join(f"{number}: {refusals.said(one)}" for number, one in closed.items())
            raise Problem(_("No test goes there. %(why)s") % {"why": why})
        for _number in asked:
            _limit.take(str(request.user.pk), PER_MINUTE, now.timestamp())
        try:
            refused = trials.send(trials.Trial(text, contact), asked, now)
        except TemplateRefused as faulty:
            raise Problem(_("Mend what is marked first.")) from faulty
        except RenderRefused as faulty:
            raise Problem(str(faulty)) from faulty
        # Whose number it is stays with the contact.
        leave_trail(request, Deed("sms", "test", name=text.name, after={"count": len(asked)}))
        return refused


def _numbers(request: HttpRequest) -> list[str]:
    """Read the numbers: those of contacts the user may see."""
    region = preferences.get("contacts.phone_region")
    raw = request.POST.get("to", "").replace(";", ",").replace("\n", ",").split(",")
    asked = list(dict.fromkeys(international(one.strip(), region) for one in raw if one.strip()))
    if not asked:
        raise Problem(_("Name at least one number."))
    if len(asked) > trials.MOST:
        raise Problem(_("At most %(most)s numbers at once.") % {"most": trials.MOST})
    for number in asked:
        if not policies.NUMBER.fullmatch(number):
            words = _("%(number)s is no number that can be dialled.")
            raise Problem(words % {"number": number[:30]})
    user: Any = request.user
    if user.reach("contacts", "view") is Reach.NONE:
        raise Problem(_("Tests go to contacts only, and you may not see any."))
    if strange := [number for number in asked if not _is_known(request, number, region)]:
        message = _("Tests go to contacts only. Unknown: %(numbers)s")
        raise Problem(message % {"numbers": ", ".join(strange)})
    return asked


def _is_known(request: HttpRequest, number: str, region: str) -> bool:
    digits = spellings(number, region)
    seen = visible(request).extra(
        where=["mobile IS NOT NULL AND contact_digits(mobile) = ANY(%s)"], params=[digits]
    )
    return bool(seen.exists())


urlpatterns = [
    path("sms/preview", Draft.as_view(), name="sms-preview"),
    path("sms/people", People.as_view(), name="sms-people"),
    path("sms/test", Test.as_view(), name="sms-test"),
]
