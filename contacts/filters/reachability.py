"""What stands between us and a person now, as conditions name it: `consent.PURPOSE`, `topic.ID`.

A dot keeps these names apart from the aliases of custom fields.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Family, Target
from contacts.filters.wishes import WISHES
from contacts.models import Topic
from contacts.services.suppression import READ as SUPPRESSION
from contacts.words import Channel, ConsentState, Purpose, Reason
from kernel import withholding
from kernel.filters import Reading
from kernel.ids import read_id

TOPIC = "topic."
CONSENTS = {
    Purpose.EMAIL: _lazy("Consent to marketing by email"),
    Purpose.SMS: _lazy("Consent to marketing by SMS"),
    Purpose.OPENS: _lazy("Consent to tracking of opens"),
    Purpose.CLICKS: _lazy("Consent to tracking of clicks"),
    Purpose.WEB: _lazy("Consent to tracking on web sites"),
    Purpose.PROFILING: _lazy("Consent to profiling"),
}
CLOSED = {
    Channel.EMAIL: _lazy("Do not contact by email"),
    Channel.SMS: _lazy("Do not contact by SMS"),
    Channel.PUSH: _lazy("Do not contact by push"),
}
# In the words of the API.
BOUNCES = {"hard": Reason.HARD_BOUNCE, "soft": Reason.SOFT_BOUNCE}
BOUNCED = ", ".join(f"'{reason.value}'" for reason in BOUNCES.values())


def _target(alias: str, type_: str, label: Any, read: str, **more: Any) -> Target:
    """Gather what rows say of a contact in an array."""
    gathered = f"ARRAY(SELECT {more['cell']} {more['rows']} AND x.contact_id = c.id)"
    return Target(alias, type_, label, gathered, frozenset({read}), cost=5, **more)


def _options(pairs: Iterable[tuple[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    return tuple({"value": str(value), "label": label} for value, label in pairs)


def _answer(alias: str, label: Any, purpose: Purpose, topic: int = 0) -> Target:
    return _target(
        alias,
        "answer",
        label,
        "consent",
        rows=f"FROM consent x WHERE x.purpose = '{purpose.value}' AND x.topic_id = {topic}",
        cell="x.state::text",
        options=_options(ConsentState.choices),
    )


def _reasons(channel: Channel, label: Any) -> Target:
    return _target(
        f"do_not_contact.{channel.value}",
        "reasons",
        label,
        "dnc",
        rows=f"FROM do_not_contact x WHERE x.channel = '{channel.value}'",
        cell="x.reason::text",
        options=_options(Reason.choices),
    )


BOUNCE = _target(
    "bounce",
    "bounce",
    _lazy("Bounced mail"),
    "dnc",
    rows=f"FROM do_not_contact x WHERE x.channel = 'email' AND x.reason IN ({BOUNCED})",
    cell="replace(x.reason, '_bounce', '')",
    options=_options((word, reason.label) for word, reason in BOUNCES.items()),
)
SUPPRESSED = Target(
    "suppressed",
    "suppressed",
    _lazy("Address on the suppression list"),
    "",
    frozenset({"field:email", SUPPRESSION}),
    cost=5,
)
RESTRICTED = Target(
    "restricted",
    "restricted",
    _lazy("Processing restricted"),
    "c.withheld",
    frozenset({withholding.READ}),
    cost=0,
)
STANDING = {
    target.alias: target
    for target in (
        *(
            _answer(f"consent.{purpose.value}", label, purpose)
            for purpose, label in CONSENTS.items()
        ),
        *(_reasons(channel, label) for channel, label in CLOSED.items()),
        BOUNCE,
        SUPPRESSED,
        RESTRICTED,
        *WISHES,
    )
}


def stands(target: Target) -> None:
    """Let conditions name what another app keeps about people; called from its `plugins`."""
    STANDING[target.alias] = target


@dataclass(frozen=True)
class Numbered:
    """What an app keeps of people by objects of its own: `points.ID`, with operators of its own."""

    prefix: str
    # What such an object is called among subjects.
    kind: str
    find: Callable[[str, Reading], Target | None]
    every: Callable[[], list[Target]]
    family: Family
    icon: str
    # What it is, in a word.
    word: Any
    # How far back a condition on one looks into the log, at events of which types.
    windows: Callable[[Mapping[str, Any]], Iterable[tuple[str, timedelta]]] | None = None


NUMBERED: dict[str, Numbered] = {}


def numbered(kind: Numbered) -> None:
    """Let conditions name what another app keeps by its objects; called from its `plugins`."""
    NUMBERED[kind.prefix] = kind


def of_number(name: str) -> Numbered | None:
    """Return who knows what a name with a number means."""
    prefix, dot, _number = name.partition(".")
    return NUMBERED.get(f"{prefix}{dot}")


def topic(name: str, reading: Reading) -> Target | None:
    """Return the topic that `topic.ID` names; in a stored filter one that is gone meets nobody."""
    number = read_id(name.removeprefix(TOPIC))
    if number is None:
        return None
    known = reading.once(_topics)
    if number not in known and reading.verify:
        return None
    return _topic(number, known.get(number, f"#{number}"))


def topics() -> list[Target]:
    """Return every topic."""
    return [_topic(number, name) for number, name in _topics().items()]


def _topics() -> Mapping[int, str]:
    return dict(Topic.objects.order_by("name").values_list("pk", "name"))


def _topic(number: int, name: str) -> Target:
    label = _("Topic “%(name)s”") % {"name": name}
    return _answer(f"{TOPIC}{number}", label, Purpose.EMAIL, number)
