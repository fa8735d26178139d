"""Campaigns that stop by themselves: a step that fails for too many of those who came to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign
from campaigns.services import publishing, saying
from campaigns.services.parked import kind_of
from campaigns.services.planning import by_index
from campaigns.services.publishing import NotPossible
from campaigns.services.running import hold
from kernel import preferences
from kernel.trail import Deed, note
from notices.services.telling import News, Words, tell

# So many newest ways are looked at, and no further back than this.
LOOKED_AT = 500
BACK = timedelta(days=1)
PERCENT, LEAST = "campaigns.pause_percent", "campaigns.pause_least"
# What counts is what happened since the campaign was published last: who mended a step and
# publishes again is not stopped by what was parked before. The parked are held against the newest
# who passed, or all who came no earlier than the oldest parked, whichever are more: to pass takes a
# moment, to be parked an hour of tries, so that the newest of either are not the same ways. Of the
# latter so many are counted as would let the campaign go on.
FAILING = """
SELECT f.campaign, f.node, f.name, f.failed, f.passed + f.failed, f.error
FROM (
  SELECT c.id AS campaign, n.id AS node, n.name, p.failed, p.error, greatest((
    SELECT count(*) FROM (
      SELECT l.at FROM step_log l WHERE l.node_id = n.id
      ORDER BY l.visit_id DESC LIMIT %(looked_at)s) newest
    WHERE newest.at > greatest(v.published_at, %(since)s)), (
    SELECT count(*) FROM (
      SELECT FROM step_log l
      WHERE l.node_id = n.id AND l.visit_id >= p.oldest
        AND l.at > greatest(v.published_at, %(since)s)
      LIMIT p.failed * (100 - %(percent)s) / %(percent)s + 1) beside)) AS passed
  FROM campaign c
  JOIN campaign_version v ON v.id = c.published_id
  JOIN campaign_node n ON n.campaign_id = c.id
  JOIN LATERAL (
    SELECT count(*) AS failed, min(newest.visit_id) AS oldest,
           mode() WITHIN GROUP (ORDER BY coalesce(newest.error, '')) AS error
    FROM (
      SELECT s.visit_id, s.due_at, s.error FROM step s WHERE s.node_id = n.id AND s.state = 3
      ORDER BY s.visit_id DESC LIMIT %(looked_at)s) newest
    WHERE newest.due_at > greatest(v.published_at, %(since)s)) p ON p.failed > 0
  WHERE c.state = 'published' AND c.fitting_since IS NULL
    AND (%(campaign)s::bigint IS NULL OR c.id = %(campaign)s)) f
WHERE f.passed + f.failed >= %(least)s
  AND f.failed * 100 > %(percent)s * (f.passed + f.failed)
ORDER BY f.campaign, f.failed DESC, f.node"""


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
    for campaign in sorted({found.campaign for found in failing(now)}):
        with transaction.atomic():
            if stop(campaign, now):
                stopped.append(campaign)
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


def stop(number: int, now: datetime) -> bool:
    """Unpublish it where a step still fails for too many, and tell who can mend it."""
    # While it is held nobody publishes, frees or goes on: what is found now is what is told.
    hold(number)
    again = failing(now, number)
    if not again:
        return False
    found = again[0]
    try:
        campaign, kept = publishing.stop(number, now)
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
    tell(told, lambda: _words(campaign, found, kept), News("campaigns.paused", path), now)
    return True


def _words(campaign: Campaign, found: Failing, kept: int) -> Words:
    """Say which step, for how many, and how to go on.

    What the step said may name one of them: of it no more than the kind of error is told.
    """
    titles = saying.titles(campaign.published.graph) if campaign.published else {}
    title = _("“%(name)s” was stopped: a step keeps failing") % {"name": campaign.name}
    where = ngettext(
        "At the step “%(step)s” it failed for %(failed)s of %(people)s people.",
        "At the step “%(step)s” it failed for %(failed)s of %(people)s people.",
        found.failed,
    )
    told = {"failed": found.failed, "people": found.people}
    lines = [where % {"step": titles.get(found.step, found.step), **told}]
    if kind := kind_of(found.error):
        lines.append(_("It broke off with an error of the program (%(kind)s).") % {"kind": kind})
    if kept:
        stay = ngettext(
            "%(count)s contact that was to be deleted is kept.",
            "%(count)s contacts that were to be deleted are kept.",
            kept,
        )
        lines.append(stay % {"count": kept})
    how = _(
        "Nobody goes on until you publish it again. The page of parked steps says why: mend what"
        " the step needs, publish, and let those who are parked try again."
    )
    return Words(title, "\n".join([*lines, how]))
