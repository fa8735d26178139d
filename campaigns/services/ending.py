"""Campaigns past an end at which everybody stops: the ways under way end, some at a time."""

import logging
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction

from campaigns.models import Campaign, LeftFor
from campaigns.services.leaving import leave
from campaigns.services.planning import by_index
from campaigns.services.running import hold, over
from kernel.jobs import Claimed, LeaseLost

STOP = "campaigns.stop"
CHUNK = 2_000
# By the indexes of live steps, which whoever is on the way has: the ways of years are not read.
NODES = """
SELECT n.id FROM campaign_node n WHERE n.campaign_id = %s AND (
  EXISTS (SELECT 1 FROM step WHERE node_id = n.id AND state IN (0, 2))
  OR EXISTS (SELECT 1 FROM step WHERE node_id = n.id AND state = 1)
  OR EXISTS (SELECT 1 FROM step WHERE node_id = n.id AND state = 3)) ORDER BY 1"""
UNDER_WAY = """
SELECT DISTINCT s.visit_id FROM (
  (SELECT visit_id FROM step WHERE node_id = %(node)s AND state IN (0, 2) LIMIT %(most)s)
  UNION ALL (SELECT visit_id FROM step WHERE node_id = %(node)s AND state = 1 LIMIT %(most)s)
  UNION ALL (SELECT visit_id FROM step WHERE node_id = %(node)s AND state = 3 LIMIT %(most)s)
  LIMIT %(most)s) s"""
logger = logging.getLogger(__name__)


def stop(job: Claimed, now: datetime) -> None:
    """End what is under way in campaigns that are over; running twice or dying changes nothing."""
    published = Campaign.objects.filter(over(now), state=Campaign.State.PUBLISHED)
    for campaign in published.order_by("pk").values_list("pk", flat=True):
        try:
            _stop(job, campaign, now)
        except (LeaseLost, SoftTimeLimitExceeded):
            raise
        except Campaign.DoesNotExist:
            # Deleted meanwhile, with its ways.
            continue
        except Exception as error:
            # What is wrong with one campaign must not keep the others going; tried next minute.
            logger.exception("Campaign %s cannot be stopped", campaign)
            if isinstance(error, OperationalError) and not connection.is_usable():
                raise


def _stop(job: Claimed, campaign: int, now: datetime) -> None:
    with by_index(), connection.cursor() as cursor:
        cursor.execute(NODES, [campaign])
        nodes = [row[0] for row in cursor.fetchall()]
    for node in nodes:
        while True:
            with transaction.atomic():
                ended = _stop_some(campaign, node, now)
                job.keep()
            if not ended:
                break


def _stop_some(campaign: int, node: int, now: datetime) -> int:
    """End some ways, if the campaign is over still: somebody may have published a later end."""
    found = hold(campaign)
    version = found.published
    is_over = Campaign.objects.filter(over(now), pk=campaign, state=Campaign.State.PUBLISHED)
    if version is None or found.fitting_since is not None or not is_over.exists():
        return 0
    with by_index(), connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, {"node": node, "most": CHUNK})
        visits = [row[0] for row in cursor.fetchall()]
    return leave(campaign, visits, LeftFor.ENDED, now)
