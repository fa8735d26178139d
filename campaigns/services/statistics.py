"""The figures of a campaign, as the API and the canvas show them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from campaigns.graph.schema import START
from campaigns.graph.splits import drawn
from campaigns.models import Campaign, CampaignVersion
from campaigns.services import figures, owned
from campaigns.services.choosing import EVERYTHING, Choice
from campaigns.services.goal_rates import goal_nodes
from kernel.ids import read_id

NONE = dict.fromkeys(figures.ALL, 0)
# Outcomes are small numbers.
MOST_PLACES = 32_000
# What stands there now, whatever the time.
NOW = ("waiting", "failed")
_NAMES = ", ".join(figures.ALL)
_SUMS = ", ".join(f"sum({name})" for name in figures.ALL)
_MINE = "node_id = ANY(%(nodes)s::int[])"
_WITHIN = "day BETWEEN %(since)s AND %(until)s"
_MEANT = "(%(version)s::bigint IS NULL OR version_id = %(version)s)"


def _rows(table: str, where: str, branch: str = "branch") -> str:
    """Read what a table keeps, and what is not folded into it yet; `where` applies to both."""
    kept = f"SELECT {_NAMES}, node_id, {branch} AS branch"
    fresh = f"SELECT {_NAMES}, node_id, branch"
    without = "true" if branch == "0" else where
    return (
        f"({kept} FROM {table} WHERE {_MINE} AND {without}"
        f" UNION ALL {fresh} FROM node_delta WHERE {_MINE} AND {where}) f"
    )


# Of all versions and days: a row a node, and one a branch and version of splits.
_WHOLE = _rows("node_count", "branch = 0", "0")
_BRANCHES = _rows("node_version", "branch > 0")
_VERSION = _rows("node_version", "version_id = %(version)s")
EVERYBODY = f"""
SELECT node_id, 0, sum(done - waiting), {_SUMS} FROM {_WHOLE} GROUP BY 1
UNION ALL SELECT node_id, branch, 0, {_SUMS} FROM {_BRANCHES} GROUP BY 1, 2"""  # noqa: S608
# Ways begun less those on the way more than before: those that ended.
OF_VERSION = f"""
SELECT node_id, branch, sum(done - waiting), {_SUMS} FROM {_VERSION} GROUP BY 1, 2"""  # noqa: S608
_THEN = ", ".join(f"0 {name}" if name in NOW else f"{name} AS {name}" for name in figures.ALL)
_STANDING = ", ".join(f"{name}" if name in NOW else f"0 AS {name}" for name in figures.ALL)
# The days of the time, and who stands there now.
OF_TIME = f"""
SELECT node_id, branch, sum(left_then), {_SUMS} FROM (
  SELECT node_id, branch, done - waiting left_then, {_THEN}
  FROM {_rows("node_day", f"{_WITHIN} AND {_MEANT}")}
  UNION ALL
  SELECT node_id, 0, 0, {_STANDING} FROM {{now}} WHERE branch = 0) k GROUP BY 1, 2"""  # noqa: S608
_DATED = f"""(
  SELECT node_id, day, {_NAMES} FROM node_day
  WHERE {_MINE} AND {_WITHIN} AND {_MEANT} AND branch = 0
  UNION ALL
  SELECT node_id, day, {_NAMES} FROM node_delta
  WHERE {_MINE} AND {_WITHIN} AND {_MEANT} AND branch = 0) f"""  # noqa: S608
DAYS = f"""
SELECT day, coalesce(sum(done) FILTER (WHERE node_id = %(start)s), 0),
  coalesce(sum(done - waiting) FILTER (WHERE node_id = %(start)s), 0),
  coalesce(sum(yes) FILTER (WHERE node_id <> %(start)s), 0)
FROM {_DATED} GROUP BY 1 ORDER BY 1"""  # noqa: S608
OF_STEP = f"SELECT day, sum(done), sum(yes), sum(no) FROM {_DATED} GROUP BY 1"  # noqa: S608
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
    here = _steps(campaign, choice)
    told, now_drawn = branch_names(campaign), _drawn_branches(campaign, choice)
    shown = {name for name, counts in by_name.items() if any(counts[one] for one in figures.ALL)}
    return {
        # A removed node is shown as long as it has figures; a drawn one always.
        "nodes": {
            name: {
                **{figure: by_name.get(name, NONE)[figure] for figure in NONE},
                "branches": _named(
                    branches.get(name, {}), now_drawn.get(name, []), told.get(name, [])
                ),
            }
            for name in [*sorted(here), *(name for name in by_name if name in shown - here)]
        },
        "contacts": whole["yes"],
        "visits": whole["done"],
        "active": whole["waiting"],
        "left": whole.get("left", 0),
    }


def _steps(campaign: Campaign, choice: Choice) -> set[str]:
    """Return what is drawn: in the version that is chosen, otherwise in the draft."""
    graph = campaign.graph
    if choice.version:
        rows = CampaignVersion.objects.filter(pk=choice.version)
        graph = rows.values_list("graph", flat=True).first() or graph
    return {node["id"] for node in graph.get("nodes", ())}


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
    with connection.cursor() as cursor:
        cursor.execute(OF_STEP, {**choice.values(), "nodes": list(nodes)})
        return {
            row[0]: {"passed": int(row[1]), "yes": int(row[2]), "no": int(row[3])}
            for row in cursor.fetchall()
        }


def branch_names(campaign: Campaign) -> dict[str, list[str]]:
    """Return the branches each split ever had, by their places, which never change.

    A draft that was never published has nobody in it, and may be unfinished.
    """
    version = campaign.published
    return {} if version is None else {**drawn(version.graph), **(version.branches or {})}


def _drawn_branches(campaign: Campaign, choice: Choice) -> dict[str, list[str]]:
    version = campaign.published
    if choice.version:
        version = CampaignVersion.objects.filter(pk=choice.version).first()
    return {} if version is None else drawn(version.graph)


def place_of(name: str, names: Sequence[str]) -> int | None:
    """Return the place, from 0, of a branch as it is shown; None: it is none."""
    if name in names:
        return names.index(name)
    place = read_id(name.removeprefix("#"), MOST_PLACES) if name.startswith("#") else None
    return None if place is None or place <= len(names) else place - 1


def _named(
    counted: Mapping[int, int], drawn: Sequence[str], names: Sequence[str]
) -> dict[str, int]:
    """Call branches by their names: all that are drawn, and others that somebody took."""
    called = dict(enumerate(names, 1))
    return {
        **dict.fromkeys(drawn, 0),
        **{
            called.get(place, f"#{place}"): count
            for place, count in sorted(counted.items())
            if count
        },
    }


def _counted(names: Mapping[int, str], choice: Choice) -> dict[tuple[int, int], dict[str, int]]:
    if choice.bounded:
        statement = OF_TIME.format(now=_VERSION if choice.version else _WHOLE)
    else:
        statement = OF_VERSION if choice.version else EVERYBODY
    with connection.cursor() as cursor:
        cursor.execute(statement, {**choice.values(), "nodes": list(names)})
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
