"""How steps may be connected: branches by kind, everything reachable, no circles but by jumps."""

from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph import splits
from campaigns.graph.problems import Problems
from campaigns.graph.schema import START
from kernel.actions import contact_actions

Json = dict[str, Any]
BRANCHES: dict[str, tuple[str, ...]] = {
    START: ("next",),
    "action": ("next",),
    "wait": ("next",),
    "condition": ("yes", "no"),
    "decision": ("yes", "no", "not_measurable"),
    # Of those who came along the path without having reached it: `no`.
    "goal": ("next", "no"),
    "jump": (),
    "exit": (),
}


def check_shape(nodes: list[Json], edges: list[Json], problems: Problems) -> None:
    """Note every connection that cannot be, and every step that nobody can come to."""
    by_name = {node["id"]: node for node in nodes}
    for place, edge in enumerate(edges):
        _check_edge(edge, by_name, problems.at("edges", place))
    for place, node in enumerate(nodes):
        if node["kind"] == "jump":
            _check_jump(node, by_name, problems.at("nodes", place, "config", "to"))
    problems.finish()
    if not nodes:
        problems.at("nodes").add("required", _("A campaign needs at least one step."))
    elif not any(edge["from"] == START for edge in edges):
        problems.at("edges").add("no_start", _("Nothing leads from “start” to a first step."))
    problems.finish()
    _check_reachable(nodes, edges, problems)
    _check_circles(nodes, edges, problems)
    problems.finish()


def branches_of(node: Json) -> tuple[str, ...]:
    """Return the branches that may leave a step."""
    if node["kind"] == "split":
        return tuple(splits.labels(node["config"]))
    if node["kind"] == "action":
        action = contact_actions.get(node.get("key", ""))
        return () if action and action.final else BRANCHES["action"]
    return BRANCHES.get(node["kind"], ())


def _check_edge(edge: Json, by_name: dict[str, Json], problems: Problems) -> None:
    source = {"kind": START} if edge["from"] == START else by_name.get(edge["from"])
    if source is None:
        problems.at("from").add("unknown_node", _("There is no step with this id."))
    if edge["to"] not in by_name:
        problems.at("to").add("unknown_node", _("There is no step with this id."))
    if source is None:
        return
    allowed = BRANCHES[START] if source["kind"] == START else branches_of(source)
    if edge["branch"] not in allowed:
        message = _("This branch does not leave such a step.")
        problems.at("branch").add("invalid_branch", message)


def _check_jump(jump: Json, by_name: dict[str, Json], problems: Problems) -> None:
    """Note a jump that leads nowhere, or only ever to itself."""
    seen, target = {jump["id"]}, by_name.get(jump["config"].get("to", ""))
    if target is None:
        problems.add("unknown_node", _("There is no step with this id."))
    while target is not None and target["kind"] == "jump":
        if target["id"] in seen:
            problems.add("cycle", _("This jump leads to itself, and to no other step."))
            return
        seen.add(target["id"])
        target = by_name.get(target["config"].get("to", ""))


def _targets(nodes: list[Json], edges: list[Json], *, jumps: bool) -> dict[str, list[str]]:
    targets: dict[str, list[str]] = {START: [], **{node["id"]: [] for node in nodes}}
    for edge in edges:
        targets[edge["from"]].append(edge["to"])
    if jumps:
        for node in nodes:
            if node["kind"] == "jump":
                targets[node["id"]].append(node["config"]["to"])
    return targets


def _check_reachable(nodes: list[Json], edges: list[Json], problems: Problems) -> None:
    targets = _targets(nodes, edges, jumps=True)
    # A goal takes people to it, wherever they are.
    ahead = [START, *(node["id"] for node in nodes if node["kind"] == "goal")]
    reached = set(ahead)
    while ahead:
        for name in targets[ahead.pop()]:
            if name not in reached:
                reached.add(name)
                ahead.append(name)
    for place, node in enumerate(nodes):
        if node["id"] not in reached:
            message = _("Nothing leads to this step.")
            problems.at("nodes", place).add("unreachable", message)


def _check_circles(nodes: list[Json], edges: list[Json], problems: Problems) -> None:
    """Peel off steps that nothing leads to; what is left over runs in circles."""
    targets = _targets(nodes, edges, jumps=False)
    incoming = dict.fromkeys(targets, 0)
    for names in targets.values():
        for name in names:
            incoming[name] += 1
    free = [name for name, count in incoming.items() if count == 0]
    while free:
        for name in targets.pop(free.pop()):
            incoming[name] -= 1
            if incoming[name] == 0:
                free.append(name)
    for place, node in enumerate(nodes):
        if node["id"] in targets:
            message = _("This step leads back to itself; only a jump may do that.")
            problems.at("nodes", place).add("cycle", message)
