"""Making, changing and deleting campaigns as people edit them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph import check
from campaigns.graph.schema import EMPTY
from campaigns.models import Campaign
from campaigns.services.publishing import RULES, NotPossible
from campaigns.sources import check_sources
from kernel import jobs, usage


def create(values: dict[str, Any], *, user: Any = None) -> Campaign:
    """Store a new draft; `ConfigProblem` names what cannot be taken."""
    return Campaign.objects.create(**{"graph": EMPTY, **_checked(values, user)})


def change(campaign: Campaign, values: dict[str, Any], now: datetime, *, user: Any) -> Campaign:
    """Store a changed draft."""
    for name, value in _checked(values, user).items():
        setattr(campaign, name, value)
    campaign.version += 1
    campaign.updated_at = now
    campaign.save(update_fields=[*values, "version", "updated_at"])
    return campaign


def delete(campaign: Campaign, now: datetime) -> None:
    """Delete a campaign that does not run; a job forgets the ways of its contacts."""
    if campaign.state == Campaign.State.PUBLISHED:
        raise NotPossible("published", _("Unpublish the campaign first."))
    usage.refuse_if_used("campaign", campaign.pk)
    nodes = list(campaign.nodes.values_list("id", flat=True))
    jobs.enqueue("campaigns.forget", {"campaign": campaign.pk, "nodes": nodes}, now=now)
    Campaign.objects.filter(pk=campaign.pk).update(published=None)
    campaign.delete()


def _checked(values: dict[str, Any], user: Any) -> dict[str, Any]:
    usage.hold()
    checked = dict(values)
    if "sources" in checked:
        checked["sources"] = check_sources(checked["sources"], user=user)
    if "graph" in checked and checked["graph"] != EMPTY:
        checked["graph"] = check(checked["graph"], user=user)
    return checked


def duplicate(campaign: Campaign, *, user: Any) -> Campaign:
    """Make a draft of its own from another one's, however unfinished that is."""
    name = _("%(name)s (copy)") % {"name": campaign.name[:180]}
    rules = {rule: getattr(campaign, rule) for rule in RULES}
    return Campaign.objects.create(name=name, objective=campaign.objective, owner=user, **rules)
