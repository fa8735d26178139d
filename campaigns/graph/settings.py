"""The settings of a step, by its kind."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph import decisions, splits, waits
from campaigns.graph.problems import Problems
from kernel import filters
from kernel.actions import contact_actions
from kernel.registry import ConfigProblem
from kernel.settings_forms import veiled

Json = dict[str, Any]
# Kinds of steps that a plug-in's key belongs to; a goal may do without.
_KEYED = ("action", "decision", "goal")


def clean_settings(node: Json, problems: Problems) -> Json:
    """Return the settings of a step ready for storage; what is wrong is noted."""
    if node["kind"] not in _KEYED and node.get("key"):
        problems.at("key").add("invalid", _("A step of this kind has no key."))
    return _CLEANERS[node["kind"]](node, problems)


def _action(node: Json, problems: Problems) -> Json:
    action = contact_actions.get(node.get("key", ""))
    if action is None or (action.places and "campaign" not in action.places):
        problems.at("key").add("unknown_action", _("There is no such action."))
        return {}
    # A draft that is not finished keeps its settings as they are written, but no secret.
    node["config"] = veiled(action.form, node["config"])
    try:
        config = action.clean(node["config"])
        if problems.user is not None:
            verb = action.needs if problems.publishing else "view"
            action(config).check_reach(problems.user, verb)
    except ConfigProblem as problem:
        problems.at("config").extend(problem.problems)
        return {}
    return config


def _condition(node: Json, problems: Problems) -> Json:
    config = _only(node["config"], {"filter"}, problems)
    if "filter" not in config:
        problems.at("config", "filter").add("required", _("This step needs a filter."))
        return {}
    try:
        filters.check(config["filter"], user=problems.user)
    except filters.FilterProblem as problem:
        problems.at("config").extend(problem.errors)
    return config


def _goal(node: Json, problems: Problems) -> Json:
    """Take an event with its conditions, or a filter."""
    if not node.get("key"):
        return _condition(node, problems)
    for name in {"within", "since"} & set(node["config"]):
        here = problems.at("config", name)
        here.add("unknown_field", _("This setting is not known."))
    return decisions.clean(node, problems)


def _decision(node: Json, problems: Problems) -> Json:
    return decisions.clean(node, problems)


def _wait(node: Json, problems: Problems) -> Json:
    return waits.clean(node["config"], problems.at("config"))


def _split(node: Json, problems: Problems) -> Json:
    return splits.clean(node["config"], problems.at("config"))


def _jump(node: Json, problems: Problems) -> Json:
    config = _only(node["config"], {"to"}, problems)
    if not isinstance(config.get("to"), str):
        problems.at("config", "to").add("required", _("The id of a step is expected."))
    return config


def _exit(node: Json, problems: Problems) -> Json:
    return _only(node["config"], set(), problems)


def _only(config: Json, keys: set[str], problems: Problems) -> Json:
    for key in config:
        if key not in keys:
            here = problems.at("config", str(key)[:80])
            here.add("unknown_field", _("This setting is not known."))
    return {key: value for key, value in config.items() if key in keys}


_CLEANERS: dict[str, Callable[[Json, Problems], Json]] = {
    "action": _action,
    "condition": _condition,
    "decision": _decision,
    "wait": _wait,
    "split": _split,
    "jump": _jump,
    "goal": _goal,
    "exit": _exit,
}
