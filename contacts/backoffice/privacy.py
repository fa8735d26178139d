"""What the law asks of the workspace, on one page."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.generic import View

from backoffice import deeds, toasts
from backoffice.access import Permitted
from backoffice.differing import reading
from backoffice.menu import Place, register
from backoffice.overtaking import LOOKED_THROUGH, Overtaking, latest, met
from backoffice.screens import leave_trail
from contacts.backoffice.retaining import KeepingForm, Taken
from contacts.services import leftovers
from kernel import clock, preferences, retaining, retention
from kernel.ids import read_id
from kernel.permissions import Reach
from kernel.queues import hint_on_commit
from kernel.trail import Deed, history
from kernel.usage import Use

register(Place(_lazy("Privacy"), "privacy", "shield-check", 946, kind="privacy", under="settings"))


class Privacy(Permitted, View):
    """How long things are kept, and where erased people are still named."""

    kind = "privacy"
    verbs: ClassVar = {"post": "edit"}

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what is in force."""
        return _page(request, KeepingForm(initial=KeepingForm.shown()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep what was chosen; the next daily run goes by it."""
        form = KeepingForm(request.POST)
        if not form.is_valid():
            return _page(request, form, status=422)
        with transaction.atomic():
            version, before = _version(lock=True), KeepingForm.shown()
            # What was sent twice differs in nothing, and is no conflict with itself.
            if form.cleaned_data != before and request.POST.get("version") != version:
                return _page(request, form, status=409)
            taken = form.takes(clock.now())
            if any(one.seen not in request.POST.getlist("seen") for one in taken):
                return _page(request, form, status=422, taken=taken)
            form.keep()
            after = KeepingForm.shown()
            if before != after:
                leave_trail(request, Deed("privacy", "edit", before=before, after=after))
        toasts.tell(request, _("Saved"))
        return HttpResponseRedirect(reverse("privacy"))


class Count(Permitted, View):
    """Counting what would go now; nothing is changed."""

    kind = "privacy"
    verb: ClassVar[str] = "edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead back to the page, for its address may be asked for again."""
        return HttpResponseRedirect(reverse("privacy"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Queue it by what was typed, and keep that on the page."""
        user: Any = request.user
        form = KeepingForm(request.POST)
        if not form.is_valid():
            return _page(request, form, status=422)
        with transaction.atomic():
            retaining.begin(retaining.DRY, clock.now(), user.pk, form.tried())
            leave_trail(request, Deed("privacy", "dry-run"))
            hint_on_commit("kernel.jobs")
        toasts.tell(request, _("What is past its time by the days on this page is being counted."))
        return _page(request, form, unsaved=form.cleaned_data != KeepingForm.shown())


class SeenTo(Permitted, View):
    """Somebody looked after the places that still named somebody."""

    kind = "privacy"
    verb: ClassVar[str] = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Note it."""
        contact = read_id(request.POST.get("contact", "")) or 0
        if leftovers.settle([contact]):
            leave_trail(request, Deed("privacy", "seen-to", object=contact))
            toasts.tell(request, _("Noted"))
        return HttpResponseRedirect(reverse("privacy"))


def _page(
    request: HttpRequest,
    form: KeepingForm,
    status: int = 200,
    *,
    unsaved: bool = False,
    taken: Sequence[Taken] = (),
) -> HttpResponse:
    user: Any = request.user
    editable = user.reach("privacy", "edit") is not Reach.NONE
    for field in form.fields.values():
        field.disabled = not editable
    named = [
        {"contact": one.contact, "at": one.at, "use": Use(one.kind, one.number, one.name)}
        for one in leftovers.open_ones(user)
    ]
    stale = status == 409
    theirs = KeepingForm(initial=KeepingForm.shown())
    context = {
        "in_settings": True,
        # Before it is asked again, a page sent back is as old as it was when it was read.
        "version": _version() if stale else request.POST.get("version", _version()),
        "stale": stale,
        # A page sent back for another reason is as old as it was when it was read.
        "read": request.POST.get("read", reading(theirs)),
        **(met(request, theirs, form, _overtaken(request)) if stale else {}),
        "editable": editable,
        "form": form,
        "kept": form.rows(),
        "unsaved": unsaved,
        # People who would be erased by what is being saved.
        "taken": taken,
        "running": retaining.under_way(),
        "named": named,
    }
    return render(request, "contacts/privacy.html", context, status=status)


def _overtaken(request: HttpRequest) -> Overtaking | None:
    return latest(history("privacy", None, LOOKED_THROUGH), request.user)


def _version(*, lock: bool = False) -> str:
    return preferences.version(KeepingForm.settings(), lock=lock)


def _names() -> dict[str, Any]:
    kinds = {keeping.key.replace(".", "_"): keeping.label for keeping in retention.kept()}
    return {**kinds, "addresses": _("Network addresses")}


deeds.names("privacy", _names)


@deeds.writes("privacy", "addresses")
def _policy(value: Any) -> str:
    return str(dict(KeepingForm.POLICIES).get(value, value))


urlpatterns = [
    path("settings/privacy", Privacy.as_view(), name="privacy"),
    path("settings/privacy/count", Count.as_view(), name="privacy-count"),
    path("settings/privacy/seen-to", SeenTo.as_view(), name="privacy-seen-to"),
]
