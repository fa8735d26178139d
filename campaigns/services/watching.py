"""Campaigns that stop by themselves: a step that fails for too many of those who came to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.services import saying
from campaigns.services.parked import plain
from campaigns.services.planning import by_index
from campaigns.services.publishing import NotPossible, unpublish
from kernel import preferences
from kernel.trail import Deed, note
from notices.services.telling import News, Words, tell

# So many newest ways that came to the step are looked at, and no further back than this.
LOOKED_AT = 500
BACK = timedelta(days=1)
PERCENT, LEAST = "campaigns.pause_percent", "campaigns.pause_least"
# What counts is what happened since the campaign was published last: who mended a step and
# publishes again is not stopped by what was parked before.
FAILING = """
SELECT f.campaign, f.node, f.name, f.failed, f.passed + f.failed, f.error
FROM (
  SELECT c.id AS campaign, n.id AS node, n.name, p.failed, p.error, (
    SELECT count(*) FROM (
      SELECT l.at FROM step_log l WHERE l.node_id = n.id
      ORDER BY l.visit_id DESC LIMIT %(looked_at)s) newest
    WHERE newest.at > greatest(v.published_at, %(since)s)) AS passed
  FROM campaign c
  JOIN campaign_version v ON v.id = c.published_id
  JOIN campaign_node n ON n.campaign_id = c.id
  JOIN LATERAL (
    SELECT count(*) AS failed, mode() WITHIN GROUP (ORDER BY coalesce(newest.error, '')) AS error
    FROM (
      SELECT s.due_at, s.error FROM step s WHERE s.node_id = n.id AND s.state = 3
      ORDER BY s.visit_id DESC LIMIT %(looked_at)s) newest
    WHERE newest.due_at > greatest(v.published_at, %(since)s)) p ON p.failed > 0
  WHERE c.state = 'published' AND c.fitting_since IS NULL
    AND (%(campaign)s::bigint IS NULL OR c.id = %(campaign)s)) f
WHERE f.passed + f.failed >= %(least)s
  AND f.failed * 100 > %(percent)s * (f.passed + f.failed)
ORDER BY f.campaign, f.failed DESC"""


@dataclass(frozen=True)
class Failing:
    """A step that failed for so many of those who came to it, and what it said most often."""

    campaign: int
    node: int
    step: str
    failed: int
    people: int
    error: str


def watch(now: datetime) -> list[int]:
    """Stop the campaigns of which a step fails for too many; return which."""
    stopped = []
    for found in _worst(failing(now)):
        with transaction.atomic():
            if _stop(found, now):
                stopped.append(found.campaign)
    return stopped


def failing(now: datetime, campaign: int | None = None) -> list[Failing]:
    """Return the steps that fail for more than the workspace lets pass."""
    percent = preferences.get(PERCENT)
    if not percent:
        return []
    values = {
        "campaign": campaign,
        "since": now - BACK,
        "looked_at": LOOKED_AT,
        "percent": percent,
        "least": preferences.get(LEAST),
    }
    with by_index(), connection.cursor() as cursor:
        cursor.execute(FAILING, values)
        return [Failing(*row) for row in cursor.fetchall()]


def _worst(found: Sequence[Failing]) -> list[Failing]:
    """Keep of each campaign the step that fails for most."""
    first = {one.campaign: one for one in reversed(found)}
    return list(first.values())


def _stop(found: Failing, now: datetime) -> bool:
    """Unpublish it, unless somebody did, and tell who can mend it."""
    try:
        campaign = unpublish(found.campaign, now)
    except NotPossible:
        return False
    after = {"step": found.step, "failed": found.failed, "people": found.people}
    deed = Deed("campaigns", "pause", object=campaign.pk, name=campaign.name, after=after)
    note(deed, now)
    administrators = get_user_model()._default_manager.administrators()
    told = set(administrators.values_list("pk", flat=True))
    if campaign.owner_id:
        told.add(campaign.owner_id)
    path = f"{reverse('campaigns-parked')}?campaign={campaign.pk}"
    tell(told, lambda: _words(campaign, found), News("campaigns.paused", path), now)
    return True


def _words(campaign: Campaign, found: Failing) -> Words:
    """Say which step, for how many, why, and how to go on."""
    titles = saying.titles(campaign.published.graph) if campaign.published else {}
    title = _("“%(name)s” was stopped: a step keeps failing") % {"name": campaign.name}
    where = _("At the step “%(step)s” it failed for %(failed)s of %(people)s people: %(why)s") % {
        "step": titles.get(found.step, found.step),
        "failed": found.failed,
        "people": found.people,
        "why": plain(found.error),
    }
    how = _(
        "Nobody goes on until you publish it again. Mend what the step needs, publish, and let"
        " those who are parked try again."
    )
    return Words(title, f"{where}\n{how}")
