"""The campaigns of a contact on their page: where they stand, and where they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backoffice.attachments import card
from backoffice.templatetags.relais import pill
from campaigns.models import Campaign, CampaignVersion, LeftFor, Step, StepState, Visit
from campaigns.services import saying
from contacts.models import Contact
from kernel.permissions import narrow
from kernel.retelling import retold

MOST_OVER = 5


@dataclass(frozen=True)
class Standing:
    """One way through a campaign, as the card tells it."""

    campaign: Campaign
    state: SafeString
    # The step somebody stands at, or why they left.
    where: str
    since: datetime
    due: datetime | None = None
    error: str = ""


@card("contacts", "campaigns", "campaigns/of_contact.html", order=10, kind="campaigns")
def campaigns_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Return the ways a contact is on, and the last ones that are over."""
    user: Any = request.user
    seen = narrow(Campaign.objects.all(), user, "campaigns", "view")
    # By campaign: visits have no index by contact alone, but for those under way.
    visits = Visit.objects.filter(contact_id=contact.pk, campaign__in=seen.values("pk"))
    live = list(visits.filter(left_at=None).order_by("-entered_at"))
    over = list(visits.filter(left_at__isnull=False).order_by("-left_at")[:MOST_OVER])
    named = Campaign.objects.select_related("published").in_bulk(
        {visit.campaign_id for visit in (*live, *over)}
    )
    steps = Step.objects.filter(visit__in=live).select_related("node").order_by("arrived_at")
    at = {step.visit_id: step for step in steps}
    graphs = _graphs(named, live)
    return {
        "live": [_standing(named[v.campaign_id], graphs[v.pk], v, at.get(v.pk)) for v in live],
        "over": [(named[visit.campaign_id], _why(visit), visit.left_at) for visit in over],
    }


def _graphs(named: Mapping[int, Campaign], live: Sequence[Visit]) -> dict[int, dict[str, Any]]:
    """Return by visit what it goes through: of who finishes in an older version, that one."""
    older = [
        visit
        for visit in live
        if (newest := named[visit.campaign_id].published) and newest.edition != visit.edition
    ]
    finishing = {number for visit in older for number in named[visit.campaign_id].finishing}
    olds = {
        (version.campaign_id, version.edition): version.graph
        for version in CampaignVersion.objects.filter(pk__in=finishing)
    }
    return {
        visit.pk: olds.get((visit.campaign_id, visit.edition))
        or (named[visit.campaign_id].published or named[visit.campaign_id]).graph
        for visit in live
    }


def _standing(
    campaign: Campaign, graph: Mapping[str, Any], visit: Visit, step: Step | None
) -> Standing:
    if step is None:
        return Standing(campaign, _state(campaign, None), "", visit.entered_at)
    waits = step.state == StepState.WAITING
    return Standing(
        campaign,
        _state(campaign, step),
        _title(graph, step.node.name),
        step.arrived_at,
        due=step.due_at if waits else None,
        error=retold(step.error or "") if step.state == StepState.PARKED else "",
    )


def _title(graph: Mapping[str, Any], name: str) -> str:
    """Call a step what the canvas calls it."""
    nodes = [node for node in graph.get("nodes", ()) if node["id"] == name]
    return saying.titles({"nodes": nodes}).get(name, name)


def _state(campaign: Campaign, step: Step | None) -> SafeString:
    if campaign.state != Campaign.State.PUBLISHED:
        return pill("paused", _("Paused"))
    if step is not None and step.state == StepState.PARKED:
        return pill("", _("Parked"), "amber", "alert-triangle")
    if step is not None and step.state == StepState.WAITING:
        return pill("", pgettext("one person", "Waiting"), "", "clock-pause")
    return pill("running", _("Running"))


def _why(visit: Visit) -> str:
    return str(LeftFor(visit.reason).label) if visit.reason else ""
