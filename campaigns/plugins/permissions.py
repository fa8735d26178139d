"""What roles may do with campaigns, their names, and what they name."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from itertools import chain

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.graph import timed
from campaigns.models import Campaign
from campaigns.services import finality
from campaigns.services.naming import finishing, naming
from kernel import mentions, retention, subjects, usage
from kernel.permissions import PermissionKind, permission_kinds

# Inactive people are found by what they did last, also after weeks in which nothing ran.
LATE = timedelta(days=31)


@permission_kinds.register
class Campaigns(PermissionKind):
    """Journeys."""

    key = "campaigns"
    label = _("Campaigns")


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Campaign.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    for number, campaign in naming(kind, numbers):
        final = kind == "segment" and finality.is_led_by(campaign, number)
        yield number, usage.Use("campaign", campaign.pk, campaign.name, final)


def _needs() -> Iterator[retention.Need]:
    """Tell how far back into the log conditions and sources look, in drafts and in what runs."""
    older = finishing()
    for campaign in Campaign.objects.select_related("published"):
        running = [campaign.published.graph] if campaign.published else []
        running += [older[version].graph for version in campaign.finishing if version in older]
        words = gettext("The campaign “%(name)s”") % {"name": campaign.name}
        for event, length in retention.windows([campaign.graph, *running]):
            yield retention.Need(event, length, words)
        chosen = [campaign.sources]
        chosen += [campaign.published.sources] if campaign.published else []
        for source in chain.from_iterable(chosen):
            config = source.get(timed.INACTIVE, {})
            for event in config.get("kinds", ()):
                yield retention.Need(event, timedelta(days=config["days"]) + LATE, words)


subjects.declare("campaign", _names, rights="campaigns", rows=Campaign.objects.all())
usage.declare(_used)
retention.needed_by(_needs)
mentions.declare("campaign", "campaign", "name", "objective", "sources", "graph")
mentions.declare("campaign", "campaign_version", "note", "sources", "graph", number="campaign_id")
