"""Test mails from the editor: to oneself, or to people one may send to (SEC-33)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.generic import View
from rest_framework.exceptions import Throttled

from accounts.models import User
from api.limits import Limit
from backoffice.access import Permitted
from backoffice.screens import leave_trail
from channels.screens.opening import contact_of, visible
from contacts.values import ValueProblem, addresses
from content.problems import RenderRefused, TemplateRefused
from emails.addresses import AddressRefused
from emails.backoffice import audiences
from emails.backoffice.forms import written
from emails.backoffice.preview import email_of
from emails.services import trials
from kernel import clock
from kernel.ids import read_id
from kernel.lowering import lowered
from kernel.permissions import Reach
from kernel.trail import Deed

PER_MINUTE = 20
_limit = Limit("test-mails")


class Problem(Exception):  # noqa: N818 - an answer to a person
    """Why no test mail goes out."""


class Test(Permitted, View):
    """Sends what stands in the editor to a few addresses."""

    kind, verb = "emails", "edit"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send it, or say why not."""
        user: Any = request.user
        if number := read_id(request.POST.get("email")):
            email_of(request, number, "edit")
        elif user.reach("emails", "create") is Reach.NONE:
            raise PermissionDenied
        try:
            asked = _addresses(request)
            refused = self._send(request, asked)
        except Problem as problem:
            return JsonResponse({"problem": str(problem)}, status=422)
        except Throttled:
            message = _("Enough test mails for this minute. Try again in the next one.")
            return JsonResponse({"problem": message}, status=429)
        if refused:
            told = "; ".join(f"{address}: {words}" for address, words in refused.items())
            return JsonResponse({"problem": told}, status=422)
        return JsonResponse({"sent": asked})

    def _send(self, request: HttpRequest, asked: list[str]) -> dict[str, str]:
        user: Any = request.user
        now = clock.now()
        email = written(request.POST)
        setattr(email, "html" if request.POST.get("mode") == "mjml" else "mjml", "")
        if wrong := audiences.put(email, request):
            raise Problem(wrong[0]["message"])
        contact = contact_of(request, request.POST.get("contact"))
        trial = trials.Trial(email, contact, str(user.role_id), request.POST.get("audience", ""))
        for _address in asked:
            _limit.take(str(user.pk), PER_MINUTE, now.timestamp())
        try:
            refused = trials.send(trial, asked, now)
        except TemplateRefused as faulty:
            raise Problem(_("Mend what is marked first.")) from faulty
        except (RenderRefused, AddressRefused) as faulty:
            raise Problem(str(faulty)) from faulty
        except trials.SenderRefused as faulty:
            raise Problem(_("Your role may not send from this address.")) from faulty
        told = {"to": ", ".join(asked)}
        leave_trail(request, Deed("emails", "test", name=email.name, after=told))
        return refused


def _addresses(request: HttpRequest) -> list[str]:
    """Read the addresses; whoever is neither oneself, a user nor a contact gets no test mail."""
    raw = request.POST.get("to", "").replace(";", ",").replace("\n", ",").split(",")
    asked = list(dict.fromkeys(_address(part.strip()) for part in raw if part.strip()))
    if not asked:
        raise Problem(_("Name at least one address."))
    if len(asked) > trials.MOST:
        raise Problem(_("At most %(most)s addresses at once.") % {"most": trials.MOST})
    user: Any = request.user
    others = {lowered(address) for address in asked} - {lowered(user.email)}
    if not others:
        return asked
    if user.reach("emails", "publish") is Reach.NONE:
        raise Problem(_("Without the right to send, a test goes to your own address only."))
    known = {lowered(address) for address in _known(request, others)}
    if strange := sorted(others - known):
        message = _("Tests go to users and contacts only. Unknown: %(addresses)s")
        raise Problem(message % {"addresses": ", ".join(strange)})
    return asked


def _known(request: HttpRequest, others: set[str]) -> set[str]:
    named = Q()
    for address in others:
        named |= Q(email__iexact=address)
    users = set(User.objects.filter(named, is_active=True).values_list("email", flat=True))
    rows = visible(request).filter(email_key__in=others)
    return users | {email for email in rows.values_list("email", flat=True) if email}


def _address(text: str) -> str:
    try:
        return addresses.email(text)
    except ValueProblem as problem:
        raise Problem(f"{text}: {problem.message}") from problem


urlpatterns = [path("emails/test", Test.as_view(), name="emails-test")]
