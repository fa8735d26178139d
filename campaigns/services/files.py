"""A campaign as a file: what it does, with the names of all it points at; never its people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.graph.exchanging import exchanged_sources, exchanged_step
from campaigns.graph.schema import NOTE
from campaigns.graph.shown import shown_graph, shown_sources
from campaigns.graph.survey import survey
from campaigns.models import Campaign
from campaigns.sources import check_sources
from kernel import clock, masking, subjects
from kernel.exchanging import Exchange
from kernel.ids import read_id
from kernel.permissions import Actor
from kernel.registry import ConfigProblem

Json = dict[str, Any]
WHAT, FORMAT = "campaign", 1
# Dates of the calendar stay behind: another workspace has its own.
SETTINGS = ("reentry", "holdout", "on_leave", "on_end")
CHECKED = ("name", "objective", *SETTINGS)
KNOWN = frozenset({"relais", "format", *CHECKED, "cooldown", "sources", "graph", "names"})
# The step that what leads in is told of, as problems of a draft are.
SOURCES = "start"
# How many objects a file names at most, and among how many of a kind they are looked for.
MOST_NAMES = 5_000
KINDS = {
    "campaign": gettext_lazy("campaign"),
    "company": gettext_lazy("company"),
    "connection": gettext_lazy("connection"),
    "email": gettext_lazy("email"),
    "folder": gettext_lazy("category"),
    "import": gettext_lazy("import"),
    "point_group": gettext_lazy("point group"),
    "point_rule": gettext_lazy("point rule"),
    "point_trigger": gettext_lazy("point trigger"),
    "segment": gettext_lazy("segment"),
    "sms": gettext_lazy("SMS"),
    "stage": gettext_lazy("stage"),
    "topic": gettext_lazy("topic"),
    "user": gettext_lazy("user"),
}


@dataclass(frozen=True)
class Missing:
    """An object that a step names and that is not found here by its name."""

    step: str
    kind: str
    name: str

    def __str__(self) -> str:
        """Say it to a person."""
        kind = KINDS.get(self.kind, self.kind)
        return _("%(kind)s “%(name)s”") % {"kind": kind, "name": self.name}


@dataclass
class _Finder:
    """Finds what a file names among what a user may see: the same object, else one called so."""

    names: Mapping[str, Mapping[str, str]]
    user: Actor
    step: str = SOURCES
    # In the order they were met, each once.
    missing: dict[Missing, None] = field(default_factory=dict)
    # What each kind of the file's objects is here; what is not found is not in it.
    _found: dict[str, dict[int, int]] = field(default_factory=dict)

    def __call__(self, kind: str, number: int) -> int | None:
        if kind not in self._found:
            self._found[kind] = self._look(kind)
        if number not in self._found[kind]:
            name = self.names.get(kind, {}).get(str(number)) or f"#{number}"
            self.missing[Missing(self.step, kind, name)] = None
        return self._found[kind].get(number)

    def _look(self, kind: str) -> dict[int, int]:
        named = {read_id(key): name for key, name in self.names.get(kind, {}).items()}
        wanted = {number: name for number, name in named.items() if number and name}
        here = subjects.seen_names(kind, wanted, self.user)
        called = subjects.called(kind, self.user, MOST_NAMES)
        return {
            number: number if here.get(number) == name else called[name.casefold()]
            for number, name in wanted.items()
            if here.get(number) == name or name.casefold() in called
        }


def written(campaign: Campaign, *, user: Actor) -> Json:
    """Return the draft as a document; secrets stay here, as do names the user may not see.

    `ConfigProblem` where it holds what the user may not see: without it, it were another campaign.
    """
    if masking.hides_any([campaign.graph, campaign.sources]):
        message = _("It holds what you may not see: whoever may see it can export this campaign.")
        raise ConfigProblem([{"field": "", "code": masking.MASK, "message": message}])
    found: dict[str, set[int]] = {}

    def same(kind: str, number: int) -> int:
        found.setdefault(kind, set()).add(number)
        return number

    graph, pause = shown_graph(campaign.graph), campaign.cooldown
    # Exchanged for itself, each object is met, and secrets stay behind.
    nodes = [_exchanged(node, same) for node in graph.get("nodes", ())]
    exchanged_sources(campaign.sources, same)
    return {
        "relais": WHAT,
        "format": FORMAT,
        "name": campaign.name,
        "objective": campaign.objective,
        **{name: getattr(campaign, name) for name in SETTINGS},
        "cooldown": f"{int(pause.total_seconds())}s" if pause else None,
        "sources": shown_sources(campaign.sources),
        "graph": {"nodes": nodes, "edges": graph.get("edges", [])},
        "names": {
            # Who has no name is called by an address, which stays here.
            kind: {str(number): name for number, name in names.items() if "@" not in name}
            for kind, ids in sorted(found.items())
            if (names := subjects.seen_names(kind, ids, user))
        },
    }


def taken(document: object, *, user: Any) -> tuple[Campaign, list[Missing]]:
    """Store a document as a new draft; return it with what it names that is not here.

    `ConfigProblem` or `ValidationError` where it is no such file.
    """
    values, missing = _read(document, user)
    campaign = Campaign(owner=user, **values)
    campaign.clean_fields({each.name for each in Campaign._meta.fields} - {*CHECKED})
    campaign.save()
    return campaign, missing


def _read(document: object, user: Actor) -> tuple[Json, list[Missing]]:
    if not isinstance(document, dict) or document.get("relais") != WHAT:
        raise _refused("relais", _("This is no file of a campaign."))
    if document.get("format") != FORMAT:
        raise _refused("format", _("This file comes from a newer version."))
    if unknown := next((key for key in document if key not in KNOWN), None):
        raise _refused(unknown, _("This setting is not known."), "unknown_field")
    find = _Finder(_names(document.get("names", {})), user)
    graph, _problems = survey(document.get("graph"), user=user)
    graph["nodes"] = [_step(node, find) for node in graph["nodes"]]
    find.step = SOURCES
    sources = document.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(one, dict) for one in sources):
        raise _refused("sources", _("A list is expected."))
    values = {
        **{name: _text(document, name) for name in ("name", "objective")},
        **{name: document[name] for name in SETTINGS if name in document},
        "cooldown": _pause(document.get("cooldown")),
        "sources": check_sources(exchanged_sources(sources, find), user=user),
        "graph": graph,
    }
    return values, list(find.missing)


def _step(node: Json, find: _Finder) -> Json:
    """Take a step over; what it lacks here stands in its note."""
    find.step, before = node["id"], len(find.missing)
    found = _exchanged(node, find)
    if lacking := list(find.missing)[before:]:
        said = _("In the file: %(names)s") % {"names": ", ".join(map(str, lacking))}
        return {**found, "note": "\n".join(filter(None, [said, node.get("note")]))[:NOTE]}
    return found


def _exchanged(node: Json, exchange: Exchange) -> Json:
    try:
        return exchanged_step(node, exchange)
    except (AttributeError, KeyError, TypeError, ValueError):
        # Half written: what its settings name, or keep secret, cannot be known.
        return {**node, "config": {}}


def _pause(text: object) -> timedelta | None:
    try:
        return None if text is None else clock.parse_duration(str(text))
    except ValueError as problem:
        raise _refused("cooldown", _("A duration is expected.")) from problem


def _names(given: object) -> dict[str, dict[str, str]]:
    well = isinstance(given, dict) and all(
        isinstance(names, dict) and all(isinstance(name, str) for name in names.values())
        for names in given.values()
    )
    if not isinstance(given, dict) or not well:
        raise _refused("names", _("An object is expected."))
    if sum(map(len, given.values())) > MOST_NAMES:
        message = _("At most %(number)d are possible.") % {"number": MOST_NAMES}
        raise _refused("names", message)
    return given


def _text(document: Json, name: str) -> str:
    value = document.get(name, "")
    if not isinstance(value, str):
        raise _refused(name, _("A text is expected."))
    return value


def _refused(place: str, message: str, code: str = "invalid") -> ConfigProblem:
    return ConfigProblem([{"field": str(place), "code": code, "message": message}])
