"""Figures that follow what a test does to the tables by hand."""

from campaigns.models import CampaignNode, CampaignVersion
from campaigns.services import figures
from kernel import clock


def count(campaign: object, name: str, *, number: int = 1, **differences: int) -> None:
    """Note differences of a step, of ways that began in the version of this number."""
    versions = CampaignVersion.objects.filter(campaign=int(str(campaign)))
    version = versions.filter(number=number).first()
    edition = version.edition if version else 1
    node = CampaignNode.objects.get(campaign=int(str(campaign)), name=name, edition=edition)
    tally = figures.Tally(clock.now())
    # Whoever is parked has failed.
    failures = max(0, differences.get("failed", 0))
    tally.add(node.pk, version.pk if version else 0, failures=failures, **differences)
    tally.write()
