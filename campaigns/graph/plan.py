"""A published version as the engine reads it: numbered nodes, targets, arrival rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from campaigns.graph import decisions, splits
from campaigns.graph.durations import duration, later
from campaigns.graph.schema import START
from campaigns.models import CampaignNode, CampaignVersion, OnLeave, Outcome, Reentry
from campaigns.models.campaign import Rules
from kernel import clock, filters
from kernel.actions import contact_actions

# What happens at the last moment may be written a little later: a no-path leaves it this much.
GRACE = timedelta(seconds=2)


@dataclass(frozen=True)
class Node:
    """One step of the journey."""

    id: int
    name: str
    kind: str
    key: str
    config: Mapping[str, Any]
    # Targets by branch; what no branch is drawn for leads nowhere.
    targets: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    # Of a decision about a message: the nodes that send it.
    senders: tuple[int, ...] = ()
    # Of a goal with a filter: after which changes it may be reached.
    reads: frozenset[str] = frozenset()
    # Whose ways come here: those that go on in a version of this edition.
    edition: int = 1
    # The number it had first: what must be the same in every edition goes by it.
    origin: int = 0
    # Of a split: what its branches were ever called, in the order of their outcomes.
    places: Sequence[str] = ()

    @property
    def where(self) -> dict[str, Any]:
        """Conditions a decision or a goal puts on its event."""
        return decisions.conditions(self.config)

    @property
    def within(self) -> timedelta | None:
        """How long a decision waits; None is for ever."""
        text = self.config.get("within")
        return duration(text) if text else None

    @property
    def registers(self) -> bool:
        """Say whether who arrives is looked at once more before waiting."""
        return self.kind == "decision"

    def due_at(self, now: datetime) -> datetime | None:
        """Return when whoever arrives now may go on."""
        if self.kind == "decision":
            return None if self.within is None else now + self.within + GRACE
        if self.kind == "wait":
            if "for" in self.config:
                return later(now, self.config["for"])
            # What depends on the contact or the time of day is worked out at the step itself.
            date = self.config["until"].get("date")
            return max(now, clock.parse_instant(date)) if date else now
        return now

    def labels(self) -> list[str]:
        """Return the branches of a split."""
        return splits.labels(self.config)

    def outcome(self, label: str) -> int:
        """Return the outcome that means a branch of a split, the same in every version."""
        return Outcome.BRANCH + list(self.places or self.labels()).index(label)

    def next(self, outcome: int) -> tuple[int, ...]:
        """Return the nodes an outcome leads to; what cannot be measured falls to *no*."""
        if outcome == Outcome.NOT_MEASURABLE and "not_measurable" not in self.targets:
            return self.targets.get("no", ())
        return self.targets.get(self.branch(outcome), ())

    def branch(self, outcome: int) -> str:
        """Name the branch an outcome takes."""
        if outcome >= Outcome.BRANCH:
            labels = self.places or self.labels()
            place = outcome - Outcome.BRANCH
            return labels[place] if place < len(labels) else ""
        if self.kind == "goal" and outcome == Outcome.YES:
            return "next"
        named = {
            int(Outcome.YES): "yes",
            int(Outcome.NO): "no",
            int(Outcome.NOT_MEASURABLE): "not_measurable",
        }
        return named.get(outcome, "next")


@dataclass(frozen=True)
class Plan:
    """What is published, ready to run.

    Who enters goes through the newest version. Nodes and goals of older ones, in which others
    finish, stand beside its own under numbers of their own.
    """

    campaign: int
    version: int
    number: int
    start: Node
    nodes: Mapping[int, Node]
    sources: tuple[Mapping[str, Any], ...]
    reentry: str
    cooldown: timedelta | None
    holdout: int
    exits: bool
    start_at: datetime | None
    end_at: datetime | None
    # Whose contacts alone come in: those of a publisher who may see no others.
    only_owner: int | None
    goals: tuple[Node, ...]
    edition: int = 1

    def is_open(self, now: datetime) -> bool:
        """Say whether contacts may enter now."""
        started = self.start_at is None or self.start_at <= now
        return started and (self.end_at is None or now < self.end_at)

    @property
    def segments(self) -> list[int]:
        """Segments whose members come in."""
        return [int(source["segment"]) for source in self.sources if "segment" in source]

    @property
    def restarts(self) -> bool:
        """Whether who is still on the way starts anew."""
        return self.reentry == Reentry.ALWAYS

    def by_name(self) -> dict[str, Node]:
        """Return the nodes of the newest version by the names people gave them."""
        return {node.name: node for node in self.nodes.values() if node.edition == self.edition}


_plans: dict[tuple[str, int, tuple[int, ...]], Plan] = {}
_KEPT = 1_000


def plan_of(version: int, finishing: Sequence[int] = ()) -> Plan:
    """Return the plan of a version, and of older ones in which some finish.

    Versions never change, so it is kept for good.
    """
    from django.db import connection

    key = (str(connection.settings_dict["NAME"]), version, tuple(finishing))
    if key not in _plans:
        if len(_plans) >= _KEPT:
            _plans.clear()
        plan = read_plan(CampaignVersion.objects.get(pk=version))
        others = [plan_of(older) for older in finishing]
        _plans[key] = replace(
            plan,
            nodes={number: node for one in (plan, *others) for number, node in one.nodes.items()},
            goals=tuple(goal for one in (plan, *others) for goal in one.goals),
        )
    return _plans[key]


def read_plan(version: CampaignVersion) -> Plan:
    """Read a version into a plan."""
    plan = plan_from(version, version.campaign_id, version.only_owner, version.edition)
    return replace(plan, version=version.pk, number=version.number)


def plan_from(rules: Rules, campaign: int, only_owner: int | None = None, edition: int = 1) -> Plan:
    """Read rules into a plan; a draft's steps that were never published have numbers below zero."""
    numbers, origins = _numbers(campaign, edition)
    drawn = [START, *(item["id"] for item in rules.graph["nodes"])]
    for place, name in enumerate(name for name in drawn if name not in numbers):
        numbers[name] = -1 - place
    targets = _targets(rules.graph, numbers)
    places = (rules.branches or {}) if isinstance(rules, CampaignVersion) else {}
    nodes = {}
    for item in rules.graph["nodes"]:
        nodes[numbers[item["id"]]] = Node(
            id=numbers[item["id"]],
            name=item["id"],
            kind=item["kind"],
            key=item.get("key", ""),
            config=item["config"],
            targets=targets.get(item["id"], {}),
            senders=_senders(item, rules.graph, numbers),
            reads=_reads(item),
            edition=edition,
            origin=origins.get(item["id"], numbers[item["id"]]),
            places=places.get(item["id"], ()) if item["kind"] == "split" else (),
        )
    start = Node(numbers[START], START, START, "", {}, targets.get(START, {}), edition=edition)
    return Plan(
        campaign=campaign,
        version=0,
        number=0,
        start=start,
        nodes=nodes,
        sources=tuple(rules.sources),
        reentry=rules.reentry,
        cooldown=rules.cooldown,
        holdout=rules.holdout,
        exits=rules.on_leave == OnLeave.EXIT,
        start_at=rules.start_at,
        end_at=rules.end_at,
        only_owner=only_owner,
        goals=tuple(node for node in nodes.values() if node.kind == "goal"),
        edition=edition,
    )


def _numbers(campaign: int, edition: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return the numbers of a campaign's nodes by name: in an edition, and in the first of all."""
    numbers, origins = dict[str, int](), dict[str, int]()
    rows = CampaignNode.objects.filter(campaign=campaign).order_by("id")
    for number, name, of in rows.values_list("id", "name", "edition"):
        origins.setdefault(name, number)
        if of == edition or name == START:
            numbers[name] = number
    return numbers, origins


def _targets(
    graph: Mapping[str, Any], numbers: Mapping[str, int]
) -> dict[str, dict[str, tuple[int, ...]]]:
    targets: dict[str, dict[str, tuple[int, ...]]] = {}
    for edge in graph["edges"]:
        branches = targets.setdefault(edge["from"], {})
        branches[edge["branch"]] = (*branches.get(edge["branch"], ()), numbers[edge["to"]])
    for item in graph["nodes"]:
        if item["kind"] == "jump":
            targets[item["id"]] = {"next": (numbers[item["config"]["to"]],)}
    return targets


def _senders(
    item: Mapping[str, Any], graph: Mapping[str, Any], numbers: Mapping[str, int]
) -> tuple[int, ...]:
    """Find the actions that send the message a decision is about."""
    if item["kind"] != "decision":
        return ()
    about = decisions.subject(item.get("key", ""), decisions.conditions(item["config"]))
    if about is None:
        return ()
    wanted = {(about[0], number) for number in about[1]}
    found = []
    for other in graph["nodes"]:
        action = contact_actions.get(other.get("key", "")) if other["kind"] == "action" else None
        if not (action and action.reaches_contacts):
            continue
        if wanted & set(action(other["config"]).uses()):
            found.append(numbers[other["id"]])
    return tuple(found)


def _reads(item: Mapping[str, Any]) -> frozenset[str]:
    """Name the changes after which a goal's filter may have become true."""
    if item["kind"] != "goal" or item.get("key"):
        return frozenset()
    try:
        return frozenset(filters.reads(item["config"]["filter"]))
    except filters.FilterProblem:
        # What it names is gone: whoever comes along the path is parked with that error.
        return frozenset()
