"""What each due step comes to: by the kind of its node, for the whole batch at once."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph.plan import Node, Plan
from campaigns.models import Outcome
from campaigns.services import goals
from campaigns.services.context import led_here
from campaigns.services.deciding import decide
from campaigns.services.held import Held
from campaigns.services.moving import Done
from campaigns.services.taking import clear
from campaigns.services.waiting import moments
from kernel import filters
from kernel.actions import Batch, Outcomes, contact_actions, run_action

MOST_PASSES = 100


@dataclass
class Ruling:
    """What came of a batch: steps that are done, failed ones, ones that can never go on."""

    done: list[Done] = field(default_factory=list)
    failed: list[tuple[Held, str]] = field(default_factory=list)
    hopeless: list[tuple[Held, str]] = field(default_factory=list)
    # Steps whose moment is still to come.
    # None: whatever they wait for is told by the dispatcher.
    later: list[tuple[Held, datetime | None]] = field(default_factory=list)
    wake: set[str] = field(default_factory=set)


def rule(plan: Plan, node: Node, held: Sequence[Held], now: datetime) -> Ruling:
    """Carry out a node for the steps held, or find out which branch they take."""
    if node.kind == "goal":
        return _goal(plan, node, held, now)
    if node.kind == "action":
        return _action(plan, node, held, now)
    return _RULES[node.kind](node, held, now)


def _action(plan: Plan, node: Node, held: Sequence[Held], now: datetime) -> Ruling:
    kind = contact_actions.get(node.key)
    if kind is None:
        message = _("The action %(key)s is no longer available.") % {"key": node.key}
        return Ruling(hopeless=[(step, message) for step in held])
    context, outcomes = led_here(held), Outcomes()
    for depth in sorted({step.depth for step in held}):
        group = [step for step in held if step.depth == depth]
        causes = [step.cause(node) for step in group]
        contacts = [step.contact for step in group]
        batch = Batch(contacts, causes, depth, context, plan.campaign)
        # The step's row, locked, and its place in the log are the proof of once.
        outcomes.add(run_action(kind(node.config), batch, now, claimed=True))
    return _acted(held, outcomes)


def _acted(held: Sequence[Held], outcomes: Outcomes) -> Ruling:
    ruling = Ruling(wake=outcomes.wake)
    for step in held:
        if step.contact in outcomes.failed:
            ruling.failed.append((step, outcomes.failed[step.contact]))
        elif step.contact in outcomes.refused:
            ruling.hopeless.append((step, outcomes.refused[step.contact]))
        elif step.contact in outcomes.pending:
            ruling.later.append((step, outcomes.pending[step.contact]))
        elif step.contact in outcomes.skipped:
            reason = outcomes.skipped[step.contact]
            ruling.done.append(Done(step, Outcome.SKIPPED, reason[:200]))
        else:
            ruling.done.append(Done(step, Outcome.DONE))
    return ruling


def _condition(node: Node, held: Sequence[Held], now: datetime) -> Ruling:
    met = filters.matching(node.config["filter"], [step.contact for step in held], now)
    return Ruling([Done(step, Outcome.YES if step.contact in met else Outcome.NO) for step in held])


def _decision(node: Node, held: Sequence[Held], now: datetime) -> Ruling:
    return Ruling(decide(node, held, now))


def _onward(_node: Node, held: Sequence[Held], _now: datetime) -> Ruling:
    return Ruling([Done(step, Outcome.DONE) for step in held])


def _wait(node: Node, held: Sequence[Held], now: datetime) -> Ruling:
    """Let on whose moment has come: it may have moved, or the window closed, since it was due."""
    awaited = moments(node, [step.contact for step in held], now)
    ruling = Ruling()
    for step in held:
        moment = awaited.get(step.contact, now)
        if moment > now:
            ruling.later.append((step, moment))
        else:
            ruling.done.append(Done(step, Outcome.DONE))
    return ruling


def _jump(_node: Node, held: Sequence[Held], _now: datetime) -> Ruling:
    message = _("The contact came by here %(number)d times.") % {"number": MOST_PASSES}
    return Ruling(
        [Done(step, Outcome.DONE) for step in held if step.number < MOST_PASSES],
        hopeless=[(step, message) for step in held if step.number >= MOST_PASSES],
    )


def _goal(plan: Plan, node: Node, held: Sequence[Held], now: datetime) -> Ruling:
    """Let on whom the goal took here, and whoever has reached it; others wait, unless drawn."""
    open_ = [step for step in held if step.outcome is None]
    ways = goals.ways_of(plan, [step.contact for step in open_]) if open_ else []
    met = goals.met(node, ways, now)
    ruling = Ruling()
    for step in held:
        if step.outcome is not None:
            ruling.done.append(Done(step, step.outcome))
        elif step.visit in met:
            ruling.done.append(Done(step, Outcome.YES, None, *met[step.visit]))
        elif "no" in node.targets:
            ruling.done.append(Done(step, Outcome.NO))
        else:
            ruling.later.append((step, None))
    # Of whom the goal took here the other steps have ended already.
    if met:
        clear(plan, sorted(met), now, kept=node)
    return ruling


def _split(node: Node, held: Sequence[Held], now: datetime) -> Ruling:
    if "branches" in node.config:
        return _sort(node, held, now)
    return Ruling([Done(step, _draw(node, step.contact)) for step in held])


def _sort(node: Node, held: Sequence[Held], now: datetime) -> Ruling:
    """Give each contact the first branch that means it; whom none means goes no further."""
    rest, outcomes = {step.contact for step in held}, dict[int, int]()
    for branch in node.config["branches"]:
        tree = branch.get("filter")
        found = rest if tree is None else filters.matching(tree, rest, now)
        outcomes |= dict.fromkeys(found, node.outcome(branch["label"]))
        rest = rest - found
    return Ruling([Done(step, outcomes.get(step.contact, Outcome.DONE)) for step in held])


def _draw(node: Node, contact: int) -> int:
    """Draw a branch by weight: from contact and step alone, the same in every edition.

    The draw is a place on the whole, so that a changed weight moves as few as it must.
    """
    weights: Mapping[str, Any] = node.config["weights"]
    digest = hashlib.blake2b(f"{node.origin}:{contact}".encode(), digest_size=8).digest()
    drawn = int.from_bytes(digest) * sum(weights.values()) >> 64
    for label, weight in weights.items():
        if drawn < weight:
            return node.outcome(label)
        drawn -= weight
    raise AssertionError("the weights are exhausted")


_RULES: dict[str, Callable[[Node, Sequence[Held], datetime], Ruling]] = {
    "condition": _condition,
    "decision": _decision,
    "wait": _wait,
    "exit": _onward,
    "jump": _jump,
    "split": _split,
}
