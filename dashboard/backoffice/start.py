"""The start page: first steps while there is nobody, else figures, attention, what is going on."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice import charts, toasts
from backoffice.access import Permitted
from backoffice.screens import leave_trail
from contacts.models import Contact
from dashboard.backoffice import choices
from dashboard.demo.marking import is_there, marked
from dashboard.demo.staying import staying
from dashboard.services import attention, counting, figures, going, own, places, readers, steps
from kernel import clock, moments, preferences
from kernel.permissions import Reach
from kernel.trail import Deed


class Start(LoginRequiredMixin, View):
    """What one sees first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the checklist in an empty workspace, else the dashboard."""
        user: Any = request.user
        chosen = choices.choice(user)
        found, hidden = steps.of(user, chosen["skipped"]), chosen["hidden"]
        if not hidden and steps.left(found) and not Contact.objects.exists():
            return render(request, "dashboard/steps.html", _checklist(user, found))
        return render(request, "dashboard/start.html", _dashboard(user, found, hidden=hidden))


class Steps(LoginRequiredMixin, View):
    """The checklist, whenever one asks for it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show all steps, also the hidden ones."""
        user: Any = request.user
        found = steps.of(user, choices.choice(user)["skipped"])
        if not found:
            return HttpResponseRedirect(places.at("start"))
        return render(request, "dashboard/steps.html", _checklist(user, found))


class Skip(LoginRequiredMixin, View):
    """Skip a step, or take it up again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice of this user."""
        user: Any = request.user
        choices.skip(user, request.POST.get("step", ""))
        return HttpResponseRedirect(places.at("first-steps"))


class Hide(LoginRequiredMixin, View):
    """Hide the steps from the start page, or show them again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice of this user."""
        user: Any = request.user
        choices.hide(user, hidden=request.POST.get("hidden") == "yes")
        return HttpResponseRedirect("/")


class Measuring(Permitted, View):
    """Decide whether people who were never asked are measured."""

    kind, verb = "preferences", "edit"
    answers: ClassVar = {"yes": True, "no": False}

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the answer as a setting of the workspace."""
        answer = self.answers.get(request.POST.get("answer", ""))
        if answer is not None:
            before = {steps.MEASURE: preferences.get(steps.MEASURE)}
            after = {steps.MEASURE: preferences.put(steps.MEASURE, answer)}
            leave_trail(request, Deed("preferences", "edit", before=before, after=after))
            toasts.tell(request, _("Kept. The settings of the workspace can change it."))
        return HttpResponseRedirect(places.at("first-steps"))


def _checklist(user: Any, found: list[steps.Shown]) -> dict[str, Any]:
    return {
        "steps": found,
        "done": sum(each.done or each.skipped for each in found),
        "hidden": choices.choice(user)["hidden"],
        "name": user.first_name,
        "sample": _sample(user),
    }


def _sample(user: Any) -> dict[str, Any]:
    """Say whether there is a sample, and whether this user may bring or remove it."""
    there = is_there()
    may = user.reach("preferences", "edit") is not Reach.NONE
    return {
        "there": there,
        "may": may,
        "staying": len(staying(marked("contact"))) if there and may else 0,
    }


def _dashboard(user: Any, found: list[steps.Shown], *, hidden: bool) -> dict[str, Any]:
    now = clock.now()
    days = figures.days(user, now)
    running, number, inside = going.campaigns(user)
    return {
        "figures": _key_figures(user, days, inside, now),
        "counted_at": days.counted_at,
        "narrowed": own.is_narrowed(user),
        "chart": _chart(days),
        "notices": attention.notices(user, now),
        "campaigns": running,
        "campaign_count": number,
        "sends": going.sends(user, now),
        "left": 0 if hidden else steps.left(found),
        "steps": found,
        "done": sum(each.done or each.skipped for each in found),
        "sample": _sample(user),
        "sees": {
            kind: user.reach(kind, "view") is not Reach.NONE
            for kind in ("contacts", "emails", "sms", "campaigns")
        },
        "links": {kind: places.at(kind) for kind in ("contacts", "emails", "campaigns")},
    }


def _chart(days: figures.Days) -> charts.Chart | None:
    """Draw mails as bars and new contacts as a line with a scale of its own."""
    if days.counted_at is None:
        return None
    mails, people = days.shown(counting.MAILS), days.shown(counting.CONTACTS)
    series = [
        charts.Series(_("Mails"), [count for _day, count in mails]),
        charts.Series(
            _("New contacts"), [count for _day, count in people], 2, line=True, apart=True
        ),
    ]
    said = _("Mails and new contacts of 30 days: %(mails)s mails, %(people)s new contacts")
    return charts.draw(
        [moments.day_of_year(day) for day, _count in mails],
        series,
        said % {"mails": series[0].total, "people": series[1].total},
    )


def _key_figures(user: Any, days: figures.Days, inside: int, now: datetime) -> list[dict[str, Any]]:
    thirty, week = figures.PERIOD, figures.WEEK
    everybody = places.at("contacts")
    rows = [
        ("contacts", _("Contacts"), figures.contacts(user), everybody),
        ("contacts", _("New in 7 days"), days.figure(counting.CONTACTS, week),
         places.created_within(week)),
        ("emails", _("Mails sent"), days.figure(counting.MAILS), places.at("emails")),
        ("contacts", _("People who opened"), figures.people(user, readers.OPENERS, days, now),
         places.did_within("emails.opened", thirty)),
        ("contacts", _("People who clicked"), figures.people(user, readers.CLICKERS, days, now),
         places.did_within("emails.clicked", thirty)),
        ("campaigns", _("People in campaigns"), figures.Figure(inside), places.at("campaigns")),
    ]  # fmt: skip
    return [
        {"label": label, "figure": figure, "url": url}
        for kind, label, figure, url in rows
        if user.reach(kind, "view") is not Reach.NONE
    ]
