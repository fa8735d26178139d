"""The page of parked steps: by step and error, with what can be done about them."""

import re
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.columns import number
from backoffice.screens import Screen, leave_trail
from campaigns.graph.plan import Plan
from campaigns.models import Campaign
from campaigns.plugins.queues import STEPS
from campaigns.services import behind, confirming, freeing, parked, refitting
from campaigns.services.freeing import Chosen
from campaigns.services.parked import Group
from campaigns.services.running import running
from contacts.services import braking
from contacts.services.braking import Waiting
from kernel import clock
from kernel.filters.questions import within_time
from kernel.ids import read_id
from kernel.permissions import Reach, whose
from kernel.queues import hint_on_commit
from kernel.trail import Deed

PATIENCE_MS = 5_000
# What an error is named by.
DIGEST = re.compile(r"[0-9a-f]{32}")


class TooSlow(Exception):  # noqa: N818 - an answer
    """They could not be counted in time."""


class Act(NamedTuple):
    """Something that can be done: how it is called, and what it will do."""

    key: str
    icon: str
    label: Any
    told: Any
    do: Callable[[Plan, Chosen], int]
    said: Callable[[int], str]

    @property
    def ends(self) -> bool:
        """Say whether it cannot be made good again."""
        return self.key == "end"


ACTS = {
    act.key: act
    for act in (
        Act(
            "retry",
            "refresh",
            _lazy("Try again"),
            _lazy(
                "The step is carried out once more. Where it fails again, people wait here anew."
            ),
            lambda plan, chosen: freeing.retry(plan, chosen, clock.now()),
            lambda n: ngettext("Tried again: %(count)s step", "Tried again: %(count)s steps", n),
        ),
        Act(
            "skip",
            "player-play",
            _lazy("Skip the step"),
            _lazy("People go on as if the step were done; a decision or condition counts as no."),
            lambda plan, chosen: freeing.skip(plan, chosen, clock.now()),
            lambda n: ngettext("Skipped: %(count)s step", "Skipped: %(count)s steps", n),
        ),
        Act(
            "end",
            "x",
            _lazy("End their way"),
            _lazy(
                "Their way through the campaign ends, other branches included. They stay contacts."
            ),
            lambda plan, chosen: freeing.end(plan.campaign, chosen, clock.now()),
            lambda n: ngettext("Ended: %(count)s way", "Ended: %(count)s ways", n),
        ),
    )
}


class Parked(Screen):
    """People whose step failed for good, in all campaigns one sees or in one."""

    verbs: ClassVar = {"post": "edit"}

    def get(self, request: HttpRequest) -> HttpResponse:
        """Group them by step and error."""
        rows: QuerySet[Campaign] = self.resource.rows(self.user).exclude(published=None)
        asked, campaign = request.GET.get("campaign", ""), None
        if asked:
            campaign = get_object_or_404(rows, pk=read_id(asked))
        seen = [campaign] if campaign else list(rows.order_by("-pk")[: parked.CAMPAIGNS + 1])
        cut, seen = len(seen) > parked.CAMPAIGNS, seen[: parked.CAMPAIGNS]
        editable = self.resource.rows(self.user, "edit").filter(pk__in=[row.pk for row in seen])
        mends = self.user.reach("contacts", "edit") is not Reach.NONE
        mine = set(editable.values_list("pk", flat=True)) if mends else set()
        found = _groups(seen, whose(self.user, "contacts"))
        context = self.context(
            late=found is None,
            cut=parked.CAMPAIGNS if cut else 0,
            fewer=parked.MOST if found and len(found) == parked.MOST else 0,
            groups=[(group, group.campaign.pk in mine) for group in found or ()],
            most=parked.COUNTED,
            campaign=campaign,
            leaving=self._leaving(seen),
            most_deleted=braking.MOST,
            only_own=whose(self.user, "contacts") is not None,
            acts=list(ACTS.values()),
        )
        return render(request, "campaigns/parked.html", context)

    def _leaving(self, seen: list[Campaign]) -> list[tuple[Campaign, Waiting, bool]]:
        """Return what has people deleted, how many wait, and whether the user may confirm it."""
        waiting = braking.waiting([row.pk for row in seen], whose(self.user, "contacts"))
        sure = confirming.may(self.user)
        return [
            (row, waiting[row.pk], sure and self.may(row, "publish"))
            for row in seen
            if row.pk in waiting
        ]

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Try them again, skip their step, or end their ways."""
        act, row = ACTS.get(request.POST.get("act", "")), _campaign(self, request.POST)
        back = reverse("campaigns-parked")
        if act is None or row is None:
            return HttpResponseRedirect(back)
        back += f"?campaign={row.pk}" if request.POST.get("back") else ""
        plan = running(row.pk)
        if plan is None:
            still = _("The campaign stands still: publish it first.")
            toasts.tell(request, str(refitting.BUSY) if refitting.is_halfway(row) else still)
            return HttpResponseRedirect(back)
        everybody = request.POST.get("whom") == "all"
        chosen = _chosen(self.user, row, request.POST, everybody=everybody)
        if not chosen.nodes:
            return HttpResponseRedirect(back)
        done = act.do(plan, chosen)
        after = {"step": request.POST.get("step", ""), "contacts": done}
        leave_trail(request, Deed("campaigns", act.key, object=row.pk, name=row.name, after=after))
        hint_on_commit(STEPS)
        toasts.tell(request, act.said(done) % {"count": number(done)})
        return HttpResponseRedirect(back)


class AskParked(Screen):
    """The question before: what will be done, and to how many."""

    verb = "edit"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Count whom it concerns now."""
        act, row = ACTS.get(request.GET.get("act", "")), _campaign(self, request.GET)
        context: dict[str, Any] = {"act": act, "row": row, "asked": request.GET, "people": []}
        if act and row:
            # Nobody ticked is everybody, which the answer then says.
            everybody = request.GET.get("whom") == "all" or "contact" not in request.GET
            chosen = _chosen(self.user, row, request.GET, everybody=everybody)
            steps, ways = parked.count(chosen)
            context |= {
                "steps": steps,
                "ways": ways,
                "people": chosen.contacts or [],
                "everybody": everybody,
                "stands": row.state != Campaign.State.PUBLISHED,
                "most": parked.COUNTED,
            }
        return render(request, "campaigns/parked_ask.html", context)


def _campaign(screen: Screen, asked: MultiValueDict[str, str]) -> Campaign | None:
    number_ = read_id(asked.get("campaign", "") or "")
    return screen.item(number_, "edit") if number_ else None


def _groups(seen: list[Campaign], owner: int | None) -> list[Group] | None:
    """Group what is parked; None where that took too long."""
    try:
        with within_time(TooSlow, PATIENCE_MS):
            return parked.groups(seen, owner)
    except TooSlow:
        return None


def _chosen(
    user: Any, row: Campaign, asked: MultiValueDict[str, str], *, everybody: bool
) -> Chosen:
    """Read which: all of the step with that error, or those of them that were ticked."""
    ticked = [one for text in asked.getlist("contact") if (one := read_id(text))]
    step = asked.get("step") or ""
    error = DIGEST.fullmatch(asked.get("error", "") or "")
    return Chosen(
        behind.numbers(row, step) if error and "\0" not in step else [],
        None if everybody else ticked,
        whose(user, "contacts", "edit"),
        error[0] if error else "",
    )
