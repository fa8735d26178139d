"""Sending a broadcast on screen: who would get it, the question before, progress, pause, cancel."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from backoffice import toasts
from backoffice.access import Permitted
from backoffice.columns import number
from backoffice.screens import leave_trail
from emails.backoffice import publishing, runs_shown
from emails.backoffice.preview import email_of
from emails.models import Email, Send
from emails.services import audience, refusals, runs
from kernel import clock
from kernel.permissions import Reach
from kernel.queues import hint_on_commit
from kernel.trail import Deed

# To more people one sends only after typing their number.
TYPED_ABOVE = 10_000
LONGEST_AHEAD = 731


class SendForm(forms.Form):
    """Now, or at an hour of the user's zone."""

    when = forms.ChoiceField(
        choices=(("now", gettext_lazy("Now")), ("at", gettext_lazy("At"))), required=False
    )
    at = forms.DateTimeField(
        label=gettext_lazy("At"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    typed = forms.CharField(required=False, max_length=30)

    def __init__(self, data: Any, people: int, now: datetime) -> None:
        super().__init__(data)
        self.people, self.now = people, now

    def clean(self) -> dict[str, Any]:
        """Ask for the hour where one is meant, for the number where many are written to."""
        values: dict[str, Any] = super().clean() or {}
        at = values.get("at")
        if values.get("when") != "at":
            values["at"] = None
        elif at is None and "at" not in self.errors:
            self.add_error("at", _("Say when."))
        elif at and not self.now <= at <= self.now + timedelta(days=LONGEST_AHEAD):
            self.add_error("at", _("A time from now to two years ahead is expected."))
        typed = "".join(sign for sign in values.get("typed", "") if sign.isdigit())
        if self.people > TYPED_ABOVE and typed != str(self.people):
            self.add_error("typed", _("Type the number of people."))
        return values


class Audience(Permitted, View):
    """Who would get a broadcast now; loaded after the page, for it takes time on large ones."""

    kind = "emails"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Count them."""
        email = email_of(request, pk)
        found = audience.of(email)
        largest = max(found.reasons.values(), default=1)
        reasons = [
            (refusals.said(key), count, number(count)) for key, count in found.reasons.items()
        ]
        shown = {"email": email, "found": found, "reasons": reasons, "largest": largest}
        return render(request, "emails/audience.html", shown)


class Ask(Permitted, View):
    """The question before a broadcast goes out, and its answer."""

    kind, verb = "emails", "publish"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask in a dialog."""
        email = email_of(request, pk, "publish")
        return self._dialog(email, None)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin the run; pressed twice, there is one."""
        email = email_of(request, pk, "publish", lock=True)
        now = clock.now()
        here = reverse("emails-item", args=[email.pk])
        if email.sends.filter(state__in=Send.OPEN).exists():
            return HttpResponse(headers={"HX-Redirect": here})
        form = SendForm(request.POST, _asked_number(request) or audience.size(email), now)
        if _sees_all(request) and form.is_valid():
            try:
                run = runs.begin(
                    email,
                    form.cleaned_data["at"],
                    now,
                    new_only=email.sends.exists(),
                    owner_id=request.user.pk,
                )
            except runs.RunRefused as refused:
                return self._dialog(email, form, str(refusals.BEGIN[refused.code]), 409)
            told = {"run": run.pk, "at": run.at.isoformat()}
            leave_trail(
                request, Deed("emails", "send", object=email.pk, name=email.name, after=told)
            )
            hint_on_commit("emails.runs")
            return HttpResponse(headers={"HX-Redirect": here})
        return self._dialog(email, form, status=422)

    def _dialog(
        self, email: Email, form: SendForm | None, problem: str = "", status: int = 200
    ) -> HttpResponse:
        found = audience.of(email)
        zone = timezone.get_current_timezone_name()
        shown = {
            "email": email,
            "form": form or SendForm(None, found.fresh, clock.now()),
            "found": found,
            "people": runs_shown.people(found.reachable),
            "number": found.reachable,
            "typed": found.reachable > TYPED_ABOVE,
            "again": email.sends.exists(),
            "warnings": [words for _code, words in refusals.warnings(email)],
            "problem": problem or self._hindrance(email),
            "zone": zone,
            "earliest": timezone.localtime(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        }
        return render(self.request, "emails/ask_send.html", shown, status=status)

    def _hindrance(self, email: Email) -> str:
        if not _sees_all(self.request):
            return _("A broadcast is for those who may see all contacts.")
        if email.state != Email.State.PUBLISHED:
            return str(refusals.BEGIN["unpublished"])
        return "" if email.segments.exists() else str(refusals.BEGIN["no_segments"])


def _sees_all(request: HttpRequest) -> bool:
    return request.user.reach("contacts", "view") is Reach.ALL  # type: ignore[union-attr]


def _asked_number(request: HttpRequest) -> int:
    """Return the number of people the dialog named: that is what was agreed to."""
    text = request.POST.get("people", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


class Progress(Permitted, View):
    """How a run gets on, asked again and again by the page."""

    kind = "emails"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; where the run has moved on meanwhile the whole page is asked for again."""
        row = get_object_or_404(Send, pk=pk)
        email = email_of(request, row.email_id)
        if request.GET.get("was", row.state) != row.state:
            return HttpResponse(headers={"HX-Refresh": "true"})
        shown = runs_shown.context(email, row, clock.now())
        return render(request, "emails/progress.html", shown)


class Turn(Permitted, View):
    """Pausing, resuming or cancelling a run."""

    kind, verb = "emails", "publish"
    doings: ClassVar[dict[str, Callable[[Send], None]]] = {
        "pause": runs.pause,
        "resume": runs.resume,
        "cancel": runs.cancel,
    }

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, doing: str) -> HttpResponse:
        """Do it, or say that it came too late."""
        row = get_object_or_404(Send.objects.select_for_update(no_key=True), pk=pk)
        email = email_of(request, row.email_id, "publish")
        if doing not in self.doings:
            raise Http404
        try:
            self.doings[doing](row)
        except runs.RunRefused as refused:
            toasts.tell(request, refusals.RUNNING[refused.code])
        else:
            deed = Deed("emails", doing, object=email.pk, name=email.name, after={"run": row.pk})
            leave_trail(request, deed)
            for queue in runs.QUEUES:
                hint_on_commit(queue)
        return HttpResponseRedirect(reverse("emails-item", args=[email.pk]))


class Switch(Permitted, View):
    """Publishing or unpublishing one email."""

    kind, verb = "emails", "publish"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, state: str) -> HttpResponse:
        """Switch it; that can be taken back."""
        email = email_of(request, pk, "publish", lock=True)
        if state not in Email.State.values:
            raise Http404
        switched, problem = publishing.switch(request, [email], state)
        publishing.tell(request, switched, problem, state)
        return HttpResponseRedirect(reverse("emails-item", args=[pk]))


class Duplicate(Permitted, View):
    """A copy of an email, opened in the editor."""

    kind, verb = "emails", "create"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Copy it with what one may see of it."""
        copied = publishing.copy(request, email_of(request, pk))
        toasts.tell(request, _("“%(name)s” saved") % {"name": copied.name})
        return HttpResponseRedirect(reverse("emails-edit", args=[copied.pk]))


urlpatterns = [
    path("emails/<int:pk>/audience", Audience.as_view(), name="emails-audience"),
    path("emails/<int:pk>/send", Ask.as_view(), name="emails-send"),
    path("emails/<int:pk>/state/<slug:state>", Switch.as_view(), name="emails-switch"),
    path("emails/<int:pk>/duplicate", Duplicate.as_view(), name="emails-duplicate"),
    path("emails/runs/<int:pk>", Progress.as_view(), name="emails-run"),
    path("emails/runs/<int:pk>/<slug:doing>", Turn.as_view(), name="emails-turn"),
]
