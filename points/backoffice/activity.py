"""The activity rank on screen: its matrix, its runs, and why a person has theirs."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.generic import View

from backoffice import toasts
from backoffice.access import Permitted
from backoffice.attachments import card
from backoffice.differing import reading
from backoffice.menu import Place, register
from backoffice.overtaking import LOOKED_THROUGH, Overtaking, latest, met
from backoffice.screens import leave_trail
from contacts.models import Contact, ContactState, DoNotContact
from contacts.words import Channel, unreached
from kernel import clock, preferences, withholding
from kernel.permissions import Reach, narrow
from kernel.queues import hint_on_commit
from kernel.trail import Deed, history
from points.forms import ActivityForm
from points.services import matrix, previewing, when
from points.services.explaining import explain, level

register(
    Place(_lazy("Activity rank"), "activity", "activity", 925, kind="preferences", under="settings")
)


class Activity(Permitted, View):
    """The matrix with the last run beside it."""

    kind = "preferences"
    verbs: ClassVar = {"post": "edit"}

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what is in force."""
        return _page(request, _stored())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the settings; they hold from the next run on."""
        form = ActivityForm(request.POST)
        if not form.is_valid():
            return _page(request, form, status=422)
        with transaction.atomic():
            version, before = _version(lock=True), preferences.get(matrix.SETTING)
            # What was sent twice differs in nothing, and is no conflict with itself.
            if form.settings() != matrix.settings() and request.POST.get("version") != version:
                return _page(request, form, status=409)
            after = preferences.put(matrix.SETTING, form.settings())
            if before != after:
                told = Deed("preferences", "edit", before=_told(before), after=_told(after))
                leave_trail(request, told)
        toasts.tell(request, _("Kept. The next run measures by it."))
        return HttpResponseRedirect(reverse("activity"))


class RunNow(Permitted, View):
    """Measuring everybody at once."""

    kind = "preferences"
    verb = "edit"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Queue a run; the page tells when it has ended."""
        user: Any = request.user
        with transaction.atomic():
            when.begin(clock.now(), user.pk)
            hint_on_commit("kernel.jobs")
        toasts.tell(request, _("Everybody's activity is being measured."))
        return HttpResponseRedirect(reverse("activity"))


class Preview(Permitted, View):
    """How many would be active by the settings on screen."""

    kind = "preferences"
    verb = "view"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Count them, or say why not."""
        form = ActivityForm(request.POST)
        context: dict[str, Any] = {"form": form}
        if form.is_valid():
            context["active"] = previewing.active(form.settings(), clock.now())
        return render(request, "points/preview.html", context)


class Why(Permitted, View):
    """Why somebody has the rank they have, in a dialog."""

    kind = "contacts"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Explain it as the last run saw it."""
        user: Any = request.user
        seen = narrow(Contact.objects.all(), user, "contacts", "view")
        contact = get_object_or_404(seen, pk=pk)
        found = explain(pk)
        steps = [
            {"rank": rank, "least": least, "here": rank == found.rank}
            for rank, least in enumerate(found.bounds, 1)
            if least is not None
        ]
        context = {"contact": contact, "found": found, "steps": steps}
        return render(request, "points/why.html", context)


@card("contacts", "rank", "points/rank_of_contact.html", order=10, kind="contacts")
def rank_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Tell the rank, since when it holds, and that it can be explained."""
    rank = ContactState.objects.filter(contact=contact).values_list("activity_rank", flat=True)
    kept, run = rank.first(), when.last()
    judged = not withholding.unprofiled([contact.pk])
    waits = judged and kept is None and run is not None and contact.created_at > run.at
    next_at = when.due_at() if judged and (run is None or waits) else None
    closed = DoNotContact.objects.filter(contact=contact, channel=Channel.EMAIL)
    grey = unreached(closed.values_list("reason", flat=True))
    drawn = f"{level(kept)} closed" if grey else level(kept)
    told = {"rank": kept, "level": drawn, "run": run}
    return {**told, "waits": waits, "next_at": next_at}


def _page(request: HttpRequest, form: ActivityForm, status: int = 200) -> HttpResponse:
    user: Any = request.user
    editable = user.reach("preferences", "edit") is not Reach.NONE
    for field in form.fields.values():
        field.disabled = not editable
    last = when.last()
    context = {
        "form": form,
        "editable": editable,
        "in_settings": True,
        "version": request.POST.get("version", "") if status == 422 else _version(),
        "stale": status == 409,
        "read": request.POST.get("read", "") if status == 422 else reading(_stored()),
        **(met(request, _stored(), form, _overtaken(request)) if status == 409 else {}),
        "last": last,
        "ranks": _ranks(last),
        "next_at": when.due_at(),
        "running": when.under_way(),
    }
    return render(request, "points/activity.html", context, status=status)


def _overtaken(request: HttpRequest) -> Overtaking | None:
    told = history("preferences", None, LOOKED_THROUGH)
    return latest(told, request.user, about=_told(matrix.settings()))


def _stored() -> ActivityForm:
    return ActivityForm(initial=ActivityForm.shown(matrix.settings()))


def _version(*, lock: bool = False) -> str:
    return preferences.version([matrix.SETTING], lock=lock)


def _ranks(last: Any) -> list[dict[str, Any]]:
    """Return how many have each rank of the last run, the most active first."""
    if last is None:
        return []
    counts = [last.inactive, *last.spread]
    rows = [
        {"rank": rank, "count": count, "level": level(rank)} for rank, count in enumerate(counts)
    ]
    return rows[::-1]


def _told(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings for the audit trail, one line a weight."""
    weights = {f"{matrix.SETTING}.{key}": value for key, value in settings["weights"].items()}
    rest = {f"{matrix.SETTING}.{key}": settings[key] for key in ("days", "needed", "recency")}
    return {**rest, **weights}


urlpatterns = [
    path("settings/activity", Activity.as_view(), name="activity"),
    path("settings/activity/run", RunNow.as_view(), name="activity-run"),
    path("settings/activity/preview", Preview.as_view(), name="activity-preview"),
    path("contacts/<int:pk>/rank", Why.as_view(), name="contacts-rank"),
]
