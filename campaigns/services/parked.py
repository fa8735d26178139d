"""Parked steps as people look after them: grouped by step and error, of all campaigns one sees."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignVersion
from campaigns.services import saying
from campaigns.services.behind import names
from campaigns.services.freeing import Chosen, digest
from campaigns.services.planning import by_index
from kernel.retelling import retold

# So many groups are shown, and of each so many people; counts end at as many as are freed at once.
MOST, SHOWN, COUNTED = 100, 20, 10_000
# So many campaigns are looked through, the newest first.
CAMPAIGNS = 1_000
# Of a parked step `due_at` says since when it is.
GROUPS = """
SELECT n.campaign_id, n.name, p.error, count(*), min(p.parked_at), max(p.attempts),
       (array_agg(p.contact_id ORDER BY p.visit_id DESC))[1:%(shown)s],
       (array_agg(p.parked_at ORDER BY p.visit_id DESC))[1:%(shown)s],
       (array_agg(p.attempts ORDER BY p.visit_id DESC))[1:%(shown)s]
FROM campaign_node n
JOIN LATERAL (
  SELECT s.contact_id, s.visit_id, s.attempts, coalesce(s.error, '') AS error,
         coalesce(s.due_at, s.arrived_at) AS parked_at
  FROM step s WHERE s.node_id = n.id AND s.state = 3 AND {seen}
  ORDER BY s.visit_id DESC LIMIT %(counted)s) p ON true
WHERE n.campaign_id = ANY(%(campaigns)s::bigint[])
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT %(most)s"""
OWN = "EXISTS (SELECT 1 FROM contact c WHERE c.id = s.contact_id AND c.owner_id = %(owner)s)"
COUNT = """
SELECT count(*), count(DISTINCT k.visit_id) FROM unnest(%(nodes)s::int[]) n(id)
JOIN LATERAL (
  SELECT s.visit_id FROM step s
  WHERE s.node_id = n.id AND s.state = 3
    AND (%(contacts)s::bigint[] IS NULL OR s.contact_id = ANY(%(contacts)s::bigint[]))
    AND (%(error)s::text IS NULL OR md5(coalesce(s.error, '')) = %(error)s)
    AND (%(version)s::bigint IS NULL OR EXISTS (
      SELECT 1 FROM visit v WHERE v.id = s.visit_id AND v.version_id = %(version)s))
    AND {seen}
  ORDER BY s.visit_id DESC LIMIT %(counted)s) k ON true"""
# As a step leaves what an action raised.
RAISED = re.compile(r"(\w+(?:Error|Exception|Canceled|Interrupt)): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Person:
    """Somebody whose step is parked, since when, and how often it was tried."""

    contact: int
    name: str
    since: datetime
    tries: int


@dataclass(frozen=True)
class Group:
    """People parked at one step with one error."""

    campaign: Campaign
    step: str
    title: str
    error: str
    count: int
    since: datetime
    tries: int
    # The latest of them.
    people: list[Person]

    @property
    def more(self) -> int:
        """Return how many are not named."""
        return self.count - len(self.people)

    @property
    def why(self) -> str:
        """Say why in plain words, what the machine said last."""
        return plain(self.error)

    @property
    def digest(self) -> str:
        """Return what the page names the error by."""
        return digest(self.error)


def plain(error: str) -> str:
    """Say in plain words why a step was parked."""
    if not error:
        return _("No reason was told.")
    if found := RAISED.fullmatch(error):
        words = _("The step broke off with an error of the program (%(kind)s: %(told)s).")
        return words % {"kind": found[1], "told": found[2]}
    return retold(error)


def kind_of(error: str) -> str:
    """Name the class of what an action raised, and nothing of what it said."""
    found = RAISED.fullmatch(error)
    return found[1] if found else ""


def groups(campaigns: Collection[Campaign], owner: int | None = None) -> list[Group]:
    """Return the parked steps of these campaigns, the `MOST` largest groups, the largest first.

    `owner` narrows them to the contacts of one user.
    """
    found = {campaign.pk: campaign for campaign in campaigns}
    values: dict[str, Any] = {"campaigns": list(found), "owner": owner}
    values |= {"shown": SHOWN, "counted": COUNTED, "most": MOST}
    with by_index(), connection.cursor() as cursor:
        cursor.execute(GROUPS.format(seen="true" if owner is None else OWN), values)
        rows = cursor.fetchall()
    called = names([contact for row in rows for contact in row[6]])
    titles = _titles({(row[0], row[1]) for row in rows}, found)
    return [
        Group(
            campaign=found[number],
            step=step,
            title=titles[number].get(step, step),
            error=error,
            count=count,
            since=since,
            tries=tries,
            people=[
                Person(contact, called[contact], at, tried)
                for contact, at, tried in zip(contacts, ats, times, strict=True)
            ],
        )
        for number, step, error, count, since, tries, contacts, ats, times in rows
    ]


def count(chosen: Chosen) -> tuple[int, int]:
    """Count the parked steps that would be freed now, and the ways they stop."""
    values = {
        "nodes": list(chosen.nodes),
        "contacts": None if chosen.contacts is None else list(chosen.contacts),
        "error": chosen.error,
        "version": chosen.version,
        "owner": chosen.owner,
        "counted": COUNTED,
    }
    with by_index(), connection.cursor() as cursor:
        cursor.execute(COUNT.format(seen="true" if chosen.owner is None else OWN), values)
        steps, ways = cursor.fetchone()
    return int(steps), int(ways)


def _titles(
    wanted: set[tuple[int, str]], found: Mapping[int, Campaign]
) -> dict[int, dict[str, str]]:
    """Call these steps what the canvas calls them, as they were published."""
    published = {number: found[number].published_id for number, _step in wanted}
    versions = CampaignVersion.objects.in_bulk([pk for pk in published.values() if pk])
    # Actions read what they name: only those that are shown are to say it.
    return {
        number: saying.titles(
            {
                "nodes": [
                    node
                    for node in versions[pk].graph.get("nodes", ())
                    if (number, node["id"]) in wanted
                ]
            }
        )
        if pk in versions
        else {}
        for number, pk in published.items()
    }
