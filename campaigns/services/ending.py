"""Campaigns past an end at which everybody stops: the ways under way end, some at a time."""

from datetime import datetime

from django.db import connection, transaction

from campaigns.models import Campaign, LeftFor
from campaigns.services.leaving import leave
from campaigns.services.planning import by_index
from campaigns.services.running import hold, over
from kernel.jobs import Claimed

STOP = "campaigns.stop"
CHUNK = 2_000
# By the indexes of live steps, which whoever is on the way has: the ways of years are not read.
UNDER_WAY = f"""
SELECT DISTINCT s.visit_id FROM campaign_node n CROSS JOIN LATERAL (
  (SELECT visit_id FROM step WHERE node_id = n.id AND state IN (0, 2) LIMIT {CHUNK})
  UNION ALL (SELECT visit_id FROM step WHERE node_id = n.id AND state = 1 LIMIT {CHUNK})
  UNION ALL (SELECT visit_id FROM step WHERE node_id = n.id AND state = 3 LIMIT {CHUNK})) s
WHERE n.campaign_id = %s LIMIT {CHUNK}"""  # noqa: S608 - a number of ours


def stop(job: Claimed, now: datetime) -> None:
    """End what is under way in campaigns that are over; running twice or dying changes nothing."""
    published = Campaign.objects.filter(over(now), state=Campaign.State.PUBLISHED)
    for campaign in published.order_by("pk").values_list("pk", flat=True):
        while True:
            with transaction.atomic():
                ended = _stop_some(campaign, now)
                job.keep()
            if not ended:
                break


def _stop_some(campaign: int, now: datetime) -> int:
    """End some ways, if the campaign is over still: somebody may have published a later end."""
    found = hold(campaign)
    version = found.published
    is_over = Campaign.objects.filter(over(now), pk=campaign, state=Campaign.State.PUBLISHED)
    if version is None or found.fitting_since is not None or not is_over.exists():
        return 0
    with by_index(), connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, [campaign])
        visits = [row[0] for row in cursor.fetchall()]
    return leave(campaign, visits, LeftFor.ENDED, now)
