"""Says a condition on behaviour: what happened, of which kind, how often or how much, when."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel.events import EventType, event_types, kind_of
from kernel.filters import choices, comparing, event_offers, spans
from kernel.filters.measures import Measure, Often
from kernel.subjects import names as subject_names

WHICH = {"first": _lazy("%(event)s for the first time"), "last": _lazy("%(event)s most recently")}


def sentence(
    config: Mapping[str, Any], measure: Measure, objects: Sequence[tuple[str, int]]
) -> str:
    """Say it in the language in force."""
    kind = event_types.get(config["event"])
    words = [str(kind.label) if kind else str(config["event"])]
    if which := config.get("which"):
        words = [str(WHICH[which]) % {"event": words[0]}]
    if objects:
        known = subject_names(objects[0][0], [number for _kind, number in objects])
        words.append(", ".join(known.get(number, f"#{number}") for _kind, number in objects))
    if asked := _where(config):
        words.append(_("where %(conditions)s") % {"conditions": asked})
    if not which:
        words.append(_measured(config, measure))
    return " ".join([*words, *spans.said(config)])


def _where(config: Mapping[str, Any]) -> str:
    kind, where = kind_of(config["event"]), config.get("where") or {}
    asked = [
        comparing.said(event_offers.word(name), wanted, _names(kind, name, where))
        for name, wanted in where.items()
        if not kind.subject or name != kind.subject
    ]
    return _(" and ").join(asked)


def _names(kind: type[EventType], name: str, where: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what the values of a key are called that were chosen from a list."""
    if not (found := kind.choices.get(name)):
        return {}
    wanted = where[name]
    value = wanted.get("value") if isinstance(wanted, Mapping) else wanted
    subject = where.get(kind.subject) if name in kind.choices_of_subject else None
    first = next(iter(subject if isinstance(subject, list) else [subject]), None)
    about = {} if first is None else {kind.subject: str(first)}
    return choices.called(found, value if isinstance(value, list) else [value], about)


def _measured(config: Mapping[str, Any], measure: Measure) -> str:
    if not isinstance(measure, Often):
        total = config["total"]
        name = _("%(number)s in total") % {"number": event_offers.word(total["of"])}
        told = comparing.said(name, {"op": total["op"], "value": total["value"]})
        return f"({told})"
    return "".join(said_often(measure)) or _("at least once")


def said_often(measure: Often) -> list[str]:
    """Say a number of times; at least once needs no word where something is said to have been."""
    if measure.is_once:
        return []
    if measure.is_never:
        return [_("never")]
    return [str(event_offers.SAID[measure.op] % {"count": measure.number})]
