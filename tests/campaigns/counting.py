"""Figures that follow what a test does to the tables by hand."""

from campaigns.models import CampaignNode, CampaignVersion
from campaigns.services import figures
from kernel import clock


def count(campaign: object, name: str, **differences: int) -> None:
    """Note differences of a step of the first edition, of ways that began in the first version."""
    node = CampaignNode.objects.get(campaign=int(str(campaign)), name=name, edition=1)
    version = CampaignVersion.objects.filter(campaign=node.campaign_id).order_by("number").first()
    tally = figures.Tally(clock.now())
    tally.add(node.pk, version.pk if version else 0, **differences)
    tally.write()
