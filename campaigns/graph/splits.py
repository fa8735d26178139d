"""The settings of a split: by weight, the same for a contact every time, or by filters."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph.problems import Problems
from kernel import filters

Json = dict[str, Any]
# More branches than this nobody can read on a canvas.
MOST_BRANCHES = 20
_HEAVIEST = 1_000_000


def clean(config: Json, problems: Problems) -> Json:
    """Return a split's settings as they are stored; what is wrong is noted."""
    for key in set(config) - {"weights", "branches"}:
        problems.at(str(key)[:80]).add("unknown_field", _("This setting is not known."))
    if ("weights" in config) == ("branches" in config):
        here = problems.at("weights")
        here.add("invalid", _("A split needs either weights, or branches with filters."))
    elif "weights" in config:
        _check_weights(config["weights"], problems.at("weights"))
    else:
        _check_branches(config["branches"], problems.at("branches"))
    return config


def labels(config: Mapping[str, Any]) -> list[str]:
    """Return the names of the branches, in the order of their outcomes."""
    if "branches" in config:
        return [branch["label"] for branch in config["branches"]]
    return list(config.get("weights", ()))


def drawn(graph: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the names of the branches of each split of a graph."""
    return {
        node["id"]: labels(node["config"])
        for node in graph.get("nodes", ())
        if node["kind"] == "split"
    }


def places(
    graph: Mapping[str, Any], before: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """Add the branches of a graph to those there ever were: what has a place keeps it."""
    return {
        **before,
        **{
            split: list(dict.fromkeys([*before.get(split, ()), *names]))
            for split, names in drawn(graph).items()
        },
    }


def _check_weights(weights: object, problems: Problems) -> None:
    if not isinstance(weights, dict) or not 2 <= len(weights) <= MOST_BRANCHES:
        message = _("A split needs two to twenty branches, each with its weight.")
        problems.add("invalid", message)
        return
    for label, weight in weights.items():
        whole = isinstance(weight, int) and not isinstance(weight, bool)
        if not 0 < len(label) <= 64 or not whole or not 0 <= weight <= _HEAVIEST:
            message = _("A weight is a whole number, zero or more.")
            problems.at(label[:80]).add("invalid", message)
            return
    if not sum(weights.values()):
        problems.add("invalid", _("One branch at least needs a weight."))


def _check_branches(branches: object, problems: Problems) -> None:
    if not isinstance(branches, list) or not 1 <= len(branches) <= MOST_BRANCHES:
        problems.add("invalid", _("A list of one to twenty branches is expected."))
        return
    seen: set[str] = set()
    for place, branch in enumerate(branches):
        here = problems.at(place)
        if not isinstance(branch, dict) or not set(branch) <= {"label", "filter"}:
            here.add("invalid", _("A branch has a label and a filter."))
        elif not _is_label(branch.get("label")) or branch["label"] in seen:
            here.at("label").add("invalid", _("Each branch needs a label of its own."))
        else:
            seen.add(branch["label"])
            _check_filter(branch, here, last=place == len(branches) - 1)


def _check_filter(branch: Json, problems: Problems, *, last: bool) -> None:
    """Note a filter that cannot be taken; the last branch may do without, and takes the rest."""
    if "filter" not in branch:
        if not last:
            problems.at("filter").add("required", _("This step needs a filter."))
        return
    try:
        filters.check(branch["filter"], user=problems.user)
    except filters.FilterProblem as problem:
        problems.extend(problem.errors)


def _is_label(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 64 and "\0" not in value
