"""The page of parked steps: by step and error, with what can be done about them."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
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
from campaigns.services import freeing, parked
from campaigns.services.freeing import Chosen
from campaigns.services.running import running
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach, whose
from kernel.queues import hint_on_commit
from kernel.trail import Deed

# So many campaigns are looked through, the newest first.
MOST = 1_000


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
        asked = read_id(request.GET.get("campaign", ""))
        campaign = rows.filter(pk=asked).first() if asked else None
        seen = [campaign] if campaign else list(rows.order_by("-pk")[:MOST])
        editable = self.resource.rows(self.user, "edit").filter(pk__in=[row.pk for row in seen])
        mends = self.user.reach("contacts", "edit") is not Reach.NONE
        mine = set(editable.values_list("pk", flat=True)) if mends else set()
        found = parked.groups(seen, whose(self.user, "contacts"))
        context = self.context(
            groups=[(group, group.campaign.pk in mine) for group in found],
            most=parked.COUNTED,
            campaign=campaign,
            only_own=whose(self.user, "contacts") is not None,
            acts=list(ACTS.values()),
        )
        return render(request, "campaigns/parked.html", context)

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
            toasts.tell(request, _("The campaign stands still: publish it first."))
            return HttpResponseRedirect(back)
        chosen = _chosen(self.user, row, request.POST)
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
            chosen = _chosen(self.user, row, request.GET)
            steps, ways = parked.count(chosen)
            context |= {
                "steps": steps,
                "ways": ways,
                "people": chosen.contacts or [],
                "stands": row.state != Campaign.State.PUBLISHED,
                "most": parked.COUNTED,
            }
        return render(request, "campaigns/parked_ask.html", context)


def _campaign(screen: Screen, asked: MultiValueDict[str, str]) -> Campaign | None:
    number_ = read_id(asked.get("campaign", "") or "")
    return screen.item(number_, "edit") if number_ else None


def _chosen(user: Any, row: Campaign, asked: MultiValueDict[str, str]) -> Chosen:
    """Read which: those that were ticked, else all of the step with that error."""
    ticked = [one for text in asked.getlist("contact") if (one := read_id(text))]
    everybody = asked.get("whom") == "all" or not ticked
    return Chosen(
        parked.numbers(row, asked.get("step", "") or ""),
        None if everybody else ticked,
        whose(user, "contacts", "edit"),
        asked.get("error", "") or "",
    )
