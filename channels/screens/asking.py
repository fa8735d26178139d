"""The question before a broadcast: who would get it, how many, when; and its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import digits
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View

from backoffice.columns import number
from backoffice.planning import MomentField
from backoffice.screens import leave_trail
from channels.models import Message
from channels.screens import behind, runs_shown
from channels.screens.opening import OfChannel, given, message_of
from channels.services import audiences, running
from channels.services.audiences import Audience
from channels.services.channel import Channel
from channels.services.refused import RunRefused
from kernel import clock
from kernel.permissions import Reach
from kernel.queues import hint_on_commit
from kernel.trail import Deed

# To more people one sends only after typing their number.
TYPED_ABOVE = 10_000
LONGEST_AHEAD = 731
# Living segments move while one reads: so far a number may be from the one that was agreed to.
DRIFT = 0.01


Cautions = Callable[[Any, Any], list[tuple[Any, str, Any]]]


@dataclass(frozen=True)
class Agreed:
    """How many people there are now, and how many the dialog named; None: it named none."""

    people: int
    named: int | None = None

    @property
    def changed(self) -> bool:
        """Say whether it is no longer what was agreed to."""
        return self.named is not None and not self.near(self.named)

    def near(self, other: int) -> bool:
        """Say whether a number stands for this one."""
        return abs(other - self.people) <= self.people * DRIFT


class SendForm(forms.Form):
    """Now, or at an hour of the user's zone."""

    when = forms.ChoiceField(
        choices=(("now", gettext_lazy("Now")), ("at", gettext_lazy("At"))), required=False
    )
    at = MomentField(
        label=gettext_lazy("At"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    typed = forms.CharField(required=False, max_length=30)

    def __init__(self, data: Any, agreed: Agreed, now: datetime) -> None:
        super().__init__(data)
        self.agreed, self.now = agreed, now

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
        if self.agreed.changed:
            self.add_error(None, self._changed())
        elif self.agreed.people > TYPED_ABOVE:
            self._compare(values.get("typed", ""))
        return values

    def _changed(self) -> str:
        words = _(
            "While you were looking the number of people changed from %(before)s to %(now)s."
            " Look again before you send."
        )
        named = self.agreed.named or 0
        return words % {"before": number(named), "now": number(self.agreed.people)}

    def _compare(self, text: str) -> None:
        typed = "".join(sign for sign in text if sign in digits)
        if not typed:
            self.add_error("typed", _("Type the number of people."))
        elif not self.agreed.near(int(typed)):
            words = _("You typed %(typed)s; it would go to %(now)s people.")
            told = {"typed": number(int(typed)), "now": number(self.agreed.people)}
            self.add_error("typed", words % told)


class Reached(OfChannel, View):
    """Who would get a broadcast now; loaded after the page, for it takes time on large ones."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Count those whom the user may see."""
        message = message_of(self.channel, request, pk)
        user: Any = request.user
        found = self.channel.audience(message, audiences.seen_by(user))
        largest = max(found.reasons.values(), default=1)
        reasons = [
            (self.channel.said(key), count, number(count)) for key, count in found.reasons.items()
        ]
        reach = user.reach("contacts", "view")
        shown = {
            "channel": self.channel,
            "message": message,
            "found": found,
            "reasons": reasons,
            "largest": largest,
        }
        chosen = list(message.segments.values_list("pk", flat=True))
        shown["members"] = behind.members(user, chosen) if found.included else ""
        shown |= {"sees_none": reach is Reach.NONE, "sees_own": reach is Reach.OWN}
        return render(request, "channels/audience.html", shown)


class Ask(OfChannel, View):
    """The question before a broadcast goes out, and its answer."""

    verb = "publish"
    # (message, user) → what its author may have overlooked: words, where it is mended, the link.
    cautions: Cautions = None  # type: ignore[assignment]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask in a dialog."""
        message = message_of(self.channel, request, pk, "publish")
        return self._dialog(
            message, None if self._hindrance(message) else self.channel.audience(message)
        )

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin the run; pressed twice, there is one."""
        message = message_of(self.channel, request, pk, "publish", lock=True)
        now = clock.now()
        if self.channel.opened(message).exists():
            return self._begun(message)
        if self._hindrance(message):
            return self._dialog(message, None, status=409)
        found = self.channel.audience(message)
        form = SendForm(request.POST, Agreed(found.reachable, _named(request)), now)
        if not found.reachable:
            return self._dialog(message, found, status=409)
        if not form.is_valid():
            return self._dialog(message, found, form, status=422)
        try:
            run = running.begin(
                self.channel,
                message,
                form.cleaned_data["at"],
                now,
                new_only=self.channel.runs_of(message).exists(),
                owner_id=request.user.pk,
            )
        except RunRefused as refused:
            problem = str(self.channel.words.begin[refused.code])
            return self._dialog(message, found, form, problem=problem, status=409)
        told = {"run": run.pk, "at": run.at.isoformat()}
        leave_trail(
            request,
            Deed(self.channel.kind, "send", object=message.pk, name=message.name, after=told),
        )
        hint_on_commit(self.channel.queues[0])
        return self._begun(message)

    def _begun(self, message: Message) -> HttpResponse:
        return HttpResponse(
            headers={"HX-Redirect": reverse(f"{self.channel.kind}-item", args=[message.pk])}
        )

    def _dialog(
        self,
        message: Message,
        found: Audience | None,
        form: SendForm | None = None,
        *,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        count = found.reachable if found else 0
        shown = {
            "channel": self.channel,
            "message": message,
            "form": form or SendForm(None, Agreed(count), clock.now()),
            "people": runs_shown.people(count),
            "number": count,
            "typed": count > TYPED_ABOVE,
            "rough": bool(found and found.is_rough),
            "again": self.channel.runs_of(message).exists(),
            "warnings": self.cautions(message, self.request.user),
            "problem": problem
            or self._hindrance(message)
            or (_nobody(self.channel, found) if found else ""),
            "unpublished": message.state != Message.State.PUBLISHED,
            "zone": timezone.get_current_timezone_name(),
            "earliest": timezone.localtime(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        }
        return render(self.request, "channels/ask_send.html", shown, status=status)

    def _hindrance(self, message: Message) -> str:
        """Say why it cannot be sent at all, whoever would get it."""
        user: Any = self.request.user
        if user.reach("contacts", "view") is not Reach.ALL:
            return _("A broadcast is for those who may see all contacts.")
        if not message.segments.exists():
            return str(self.channel.words.begin["no_segments"])
        if message.state != Message.State.PUBLISHED:
            return str(self.channel.words.begin["unpublished"])
        return ""


def _nobody(channel: Channel, found: Audience) -> str:
    """Say why there is nobody to send to; nothing where there is somebody."""
    if found.reachable:
        return ""
    if found.fresh:
        words = ngettext(
            "The %(count)s person in its segments cannot be written to: %(why)s.",
            "None of the %(count)s people in its segments can be written to: %(why)s.",
            found.fresh,
        )
        why = ", ".join(str(channel.said(key)) for key in list(found.reasons)[:3])
        return words % {"count": number(found.fresh), "why": why}
    if found.chosen:
        return str(channel.words.begin["nobody_new"])
    if found.included:
        return _("Everybody in its segments is in the excluded ones, too.")
    return str(channel.words.begin["nobody"])


def _named(request: HttpRequest) -> int | None:
    """Return the number of people the dialog named: that is what was agreed to."""
    text = request.POST.get("people", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def urls(channel: Channel, cautions: Cautions) -> list[URLPattern]:
    """Return the addresses of both for a channel."""
    kind, asked = channel.kind, given(channel)
    return [
        path(f"{kind}/<int:pk>/audience", Reached.as_view(**asked), name=f"{kind}-audience"),
        path(f"{kind}/<int:pk>/send", Ask.as_view(cautions=cautions, **asked), name=f"{kind}-send"),
    ]
