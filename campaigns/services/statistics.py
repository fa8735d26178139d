"""The figures of a campaign, as the API and the canvas show them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from campaigns.graph.schema import START
from campaigns.graph.splits import labels
from campaigns.models import Campaign, CampaignVersion
from campaigns.services import figures, owned
from campaigns.services.choosing import EVERYTHING, Choice
from campaigns.services.goal_rates import goal_nodes

NONE = dict.fromkeys(figures.ALL, 0)
# What stands there now is the sum of all days.
NOW = ("waiting", "failed")
_KEPT = ", ".join(("node_id", "version_id", "day", "branch", *figures.ALL))
_ROWS = f"""(
  SELECT {_KEPT} FROM node_day WHERE node_id = ANY(%(nodes)s::int[])
  UNION ALL
  SELECT {_KEPT} FROM node_delta WHERE node_id = ANY(%(nodes)s::int[])) f"""  # noqa: S608
_WITHIN = "day BETWEEN %(since)s AND %(until)s"
_MEANT = "(%(version)s::bigint IS NULL OR version_id = %(version)s)"
_SUMS = ", ".join(
    f"sum({name})" if name in NOW else f"coalesce(sum({name}) FILTER (WHERE {_WITHIN}), 0)"
    for name in figures.ALL
)
# Ways begun less those on the way more than before: those that ended.
COUNTED = f"""
SELECT node_id, branch, coalesce(sum(done - waiting) FILTER (WHERE {_WITHIN}), 0), {_SUMS}
FROM {_ROWS} WHERE {_MEANT} GROUP BY 1, 2"""  # noqa: S608 - constants
DAYS = f"""
SELECT day, coalesce(sum(done) FILTER (WHERE node_id = %(start)s), 0),
  coalesce(sum(done - waiting) FILTER (WHERE node_id = %(start)s), 0),
  coalesce(sum(yes) FILTER (WHERE node_id <> %(start)s), 0)
FROM {_ROWS} WHERE {_MEANT} AND {_WITHIN} AND branch = 0 GROUP BY 1 ORDER BY 1"""  # noqa: S608
ENTRANCES = """
SELECT n.campaign_id, coalesce(sum(f.waiting), 0), coalesce(sum(f.yes), 0)
FROM campaign_node n JOIN (
  SELECT node_id, waiting, yes FROM node_count
  UNION ALL SELECT node_id, waiting, yes FROM node_delta WHERE branch = 0) f ON f.node_id = n.id
WHERE n.name = 'start' AND n.campaign_id = ANY(%s::bigint[]) GROUP BY 1"""


def of_campaign(campaign: Campaign, choice: Choice = EVERYTHING) -> dict[str, Any]:
    """Return the figures of each node, and how many contacts came, are on the way, and left."""
    names = dict(campaign.nodes.values_list("id", "name"))
    if choice.owner is None:
        found = _counted(names, choice)
    else:
        found = owned.places(campaign, names, choice)
    by_name: dict[str, dict[str, Any]] = {}
    branches: dict[str, dict[int, int]] = {}
    # Where people finish in older versions, a step has several numbers.
    for (number, branch), counts in found.items():
        if branch:
            before = branches.setdefault(names[number], {})
            before[branch] = before.get(branch, 0) + counts["done"]
        else:
            known = by_name.get(names[number], NONE)
            by_name[names[number]] = {
                figure: known.get(figure, 0) + count for figure, count in counts.items()
            }
    whole = by_name.pop(START, NONE)
    drawn = {node["id"] for node in campaign.graph.get("nodes", ())}
    told = branch_names(campaign, choice)
    shown = {name for name, counts in by_name.items() if any(counts[one] for one in figures.NAMES)}
    return {
        # A removed node is shown as long as it has figures; a drawn one always.
        "nodes": {
            name: {
                **{figure: by_name.get(name, NONE)[figure] for figure in NONE},
                "branches": _named(branches.get(name, {}), told.get(name, [])),
            }
            for name in [*sorted(drawn), *(name for name in by_name if name in shown - drawn)]
        },
        "contacts": whole["yes"],
        "visits": whole["done"],
        "active": whole["waiting"],
        "left": whole.get("left", 0),
    }


def days(campaign: Campaign, choice: Choice) -> list[dict[str, Any]]:
    """Return the days on which anything happened: ways begun and ended, and goals reached."""
    goals = goal_nodes(campaign)
    if choice.owner is None:
        start = campaign.nodes.filter(name=START).values_list("id", flat=True).first()
        values = {**choice.values(), "nodes": [start, *goals] if start else [], "start": start}
        with connection.cursor() as cursor:
            cursor.execute(DAYS, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
    else:
        rows = owned.days(campaign.pk, goals, choice)
    return [
        {"day": day, "entries": int(entries), "leaves": int(leaves), "goals": int(reached)}
        for day, entries, leaves, reached in rows
        if entries or leaves or reached
    ]


def of_step(nodes: Sequence[int], choice: Choice) -> dict[date, dict[str, int]]:
    """Return by day how a step ended, of everybody; `nodes` are its numbers in all editions."""
    told = "SELECT day, sum(done), sum(yes), sum(no)"
    where = f"WHERE {_MEANT} AND {_WITHIN} AND branch = 0 GROUP BY 1"
    with connection.cursor() as cursor:
        cursor.execute(f"{told} FROM {_ROWS} {where}", {**choice.values(), "nodes": list(nodes)})
        return {
            row[0]: {"passed": int(row[1]), "yes": int(row[2]), "no": int(row[3])}
            for row in cursor.fetchall()
        }


def branch_names(campaign: Campaign, choice: Choice) -> dict[str, list[str]]:
    """Return the branches of each split, of the version chosen, else of the newest.

    A draft that was never published has nobody in it, and may be unfinished.
    """
    version = choice.version or campaign.published_id
    rules = CampaignVersion.objects.filter(pk=version).first() if version else None
    nodes = rules.graph["nodes"] if rules else ()
    return {node["id"]: labels(node["config"]) for node in nodes if node["kind"] == "split"}


def _named(counted: Mapping[int, int], names: Sequence[str]) -> dict[str, int]:
    """Call branches by their names; one that the version does not have by its place."""
    called = dict(enumerate(names, 1))
    return {
        **dict.fromkeys(names, 0),
        **{called.get(place, f"#{place}"): count for place, count in sorted(counted.items())},
    }


def _counted(names: Mapping[int, str], choice: Choice) -> dict[tuple[int, int], dict[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {**choice.values(), "nodes": list(names)})
        return {
            (node, branch): {
                "left": int(left),
                **{name: int(count) for name, count in zip(figures.ALL, counts, strict=True)},
            }
            for node, branch, left, *counts in cursor.fetchall()
        }


def entrances(campaigns: Sequence[int], owner: int | None = None) -> dict[int, tuple[int, int]]:
    """Return how many are on the way in each campaign, and how many contacts ever came.

    `owner` narrows them to the contacts of one user.
    """
    found = dict.fromkeys(campaigns, (0, 0))
    if owner is not None:
        counted = owned.entrances(campaigns, owner)
        return found | {number: (way, came) for number, (way, _all, came) in counted.items()}
    with connection.cursor() as cursor:
        cursor.execute(ENTRANCES, [list(campaigns)])
        return found | {row[0]: (int(row[1]), int(row[2])) for row in cursor.fetchall()}
