"""What a campaign's sources and steps are called: one line each, for the canvas and lists."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.graph import decisions, splits, timed, waits
from contacts.catalogue import catalogue
from kernel import clock, filters, moments, subjects
from kernel.actions import contact_actions
from kernel.events import event_types, kind_of
from kernel.filters.wording import said_duration
from kernel.permissions import Actor

Json = Mapping[str, Any]


def titles(graph: Json, broken: Collection[str] = ()) -> dict[str, str]:
    """Return a line for each step whose settings can be read."""
    nodes = [node for node in graph.get("nodes", ()) if node["id"] not in broken]
    found = {node["id"]: _SAYING[node["kind"]](node) for node in nodes if node["kind"] != "jump"}
    for node in nodes:
        if node["kind"] == "jump":
            target = str(node["config"].get("to", ""))
            found[node["id"]] = _("To: %(step)s") % {"step": found.get(target, target)}
    return found


def sources_said(sources: Collection[Json], user: Actor | None = None) -> list[str]:
    """Say what leads in, each in a few words; what the user may not see is not named."""
    return [_source(source, user) for source in sources]


def sources_in_short(sources: Collection[Json]) -> str:
    """Say in a few words what leads in, without names: for lists."""
    segments = sum("segment" in source for source in sources)
    campaigns = sum("campaign" in source for source in sources)
    parts = [_event(source["event"], {}) for source in sources if "event" in source]
    parts += [_source(source, None) for source in sources if timed.kind_of(source)]
    if segments:
        words = ngettext("In %(number)d segment", "In %(number)d segments", segments)
        parts.insert(0, words % {"number": segments})
    if campaigns:
        words = ngettext("After %(number)d campaign", "After %(number)d campaigns", campaigns)
        parts.append(words % {"number": campaigns})
    if any("manual" in source for source in sources):
        parts.append(_("By hand or by the API"))
    return ", ".join(parts)


def _source(source: Json, user: Actor | None) -> str:
    if "event" in source:
        where = source.get("where", {})
        return _event(source["event"], where, user)
    if timed.INACTIVE in source:
        return _inactive(source[timed.INACTIVE])
    if timed.DATE in source:
        return _date(source[timed.DATE])
    for kind, words, unseen in (
        ("segment", _("In the segment %(name)s"), _("In a segment you may not see")),
        ("campaign", _("After the campaign %(name)s"), _("After a campaign you may not see")),
    ):
        if kind in source:
            number = int(source[kind])
            if subjects.names(kind, [number]) and subjects.beyond(kind, [number], user):
                return unseen
            return words % {"name": _named(kind, number, user)}
    return _("By hand or by the API")


def _inactive(config: Json) -> str:
    days = ngettext("%(number)d day", "%(number)d days", config["days"])
    said = days % {"number": config["days"]}
    if "kinds" not in config:
        return _("Inactive for %(time)s") % {"time": said}
    names = ", ".join(map(timed.called, config["kinds"]))
    return _("For %(time)s none of: %(names)s") % {"time": said, "names": names}


def _date(config: Json) -> str:
    """Say a date source: “3 days before the anniversary of “Birthday” at 09:00”."""
    spec = catalogue().get(config["field"])
    offset = str(config.get("offset", ""))
    yearly = config["every"] == timed.YEARLY
    if not offset:
        words = _("On the anniversary of “%(field)s”") if yearly else _("On “%(field)s”")
    elif offset[0] == "-":
        words = (
            _("%(time)s before the anniversary of “%(field)s”")
            if yearly
            else _("%(time)s before “%(field)s”")
        )
    else:
        words = (
            _("%(time)s after the anniversary of “%(field)s”")
            if yearly
            else _("%(time)s after “%(field)s”")
        )
    said = words % {
        "field": spec.name if spec else config["field"],
        "time": said_duration(offset.removeprefix("-")) if offset else "",
    }
    return _("%(day)s at %(hour)s") % {"day": said, "hour": config["at"]}


def _named(kind: str, number: int, user: Actor | None) -> str:
    return subjects.seen_names(kind, [number], user).get(number, f"#{number}")


def _event(key: str, where: Json, user: Actor | None = None) -> str:
    kind = kind_of(key)
    if key not in event_types:
        return _("Event %(key)s") % {"key": key}
    about = decisions.subject(key, where)
    if about is None:
        return str(kind.label)
    names = ", ".join(_named(about[0], number, user) for number in about[1])
    return kind.sentence({}, names)


def _action(node: Json) -> str:
    action = contact_actions.get(node.get("key", ""))
    if action is None:
        return str(node.get("key", ""))
    chosen = action(node["config"])
    # Where all that is chosen is one object, its name says enough beside the action's own.
    if len(action.form.base_fields) == 1 and len(named := chosen.uses()) == 1:
        kind, number = named[0]
        return subjects.names(kind, [number]).get(number) or chosen.describe()
    return chosen.describe()


def _condition(node: Json) -> str:
    return filters.sentence(node["config"]["filter"])


def _waits_for(node: Json) -> str:
    if not node.get("key"):
        return _condition(node)
    return _event(node["key"], decisions.conditions(node["config"]))


def _split(node: Json) -> str:
    config = node["config"]
    if "weights" in config:
        return " · ".join(f"{label} {weight}" for label, weight in config["weights"].items())
    return " · ".join(splits.labels(config))


def _exit(_node: Json) -> str:
    return _("Leaves the campaign")


def _wait(node: Json) -> str:
    config = node["config"]
    if "for" in config:
        return said_duration(config["for"])
    until = config["until"]
    if "date" in until:
        return _("Until %(when)s") % {"when": moments.moment(clock.parse_instant(until["date"]))}
    if "field" in until:
        return _date_of_contact(until)
    return _window(until)


def _date_of_contact(until: Json) -> str:
    spec = catalogue().get(until["field"])
    name = spec.label if spec else until["field"]
    offset = str(until.get("offset", ""))
    if not offset or clock.parse_duration(offset.removeprefix("-")).total_seconds() == 0:
        return _("Until “%(field)s”") % {"field": name}
    words = (
        _("%(time)s before “%(field)s”") if offset[0] == "-" else _("%(time)s after “%(field)s”")
    )
    return words % {"time": said_duration(offset.removeprefix("-")), "field": name}


def _window(until: Json) -> str:
    parts = []
    if "weekdays" in until:
        names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
        parts.append(", ".join(names[day - 1] for day in sorted(waits.weekdays(dict(until)))))
    hours = [str(until[end])[:5] for end in ("from", "to") if end in until]
    if len(hours) == 2:
        parts.append("\N{EN DASH}".join(hours))
    elif hours:
        words = _("from %(hour)s") if "from" in until else _("until %(hour)s")
        parts.append(words % {"hour": hours[0]})
    if until.get("zone") == "contact":
        parts.append(_("their time"))
    return ", ".join(parts)


_SAYING: dict[str, Callable[[Json], str]] = {
    "action": _action,
    "condition": _condition,
    "decision": _waits_for,
    "goal": _waits_for,
    "wait": _wait,
    "split": _split,
    "exit": _exit,
}
