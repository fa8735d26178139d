"""Consents, closed channels and the suppression list, and what filters make of them."""

from collections.abc import Mapping
from datetime import datetime, time
from random import Random
from typing import TYPE_CHECKING, Any

from contacts.models import ChannelWish, Consent, DoNotContact, Suppression
from contacts.services import consent, suppression
from contacts.services.consent import Proof
from desk.models import Task
from kernel import clock
from tests.filters.histories import Things, Tree, some

if TYPE_CHECKING:
    from tests.filters.oracle import Person

PURPOSES = ("email_marketing", "open_tracking")
STATES = ("granted", "refused", "pending")
CHANNELS = ("email", "sms")
REASONS = ("unsubscribed", "hard_bounce", "soft_bounce", "complaint", "manual")
WISHES = ("frequency", "quiet_hours", "pause")
TASKS = ("todo", "call")
MORNING, EVENING = time(8), time(20)
BOUNCES = {"hard_bounce": "hard", "soft_bounce": "soft"}
# Each is about one of the addresses that people have.
ENTRIES = {
    "address": "ann@example.com",
    "domain": "example.org",
    "hash": "eve.long+news@example.com",
}


def draw(rng: Random, things: Things) -> dict[str, Any]:
    """Return what one person agreed to, and the channels that are closed for them."""
    subjects = [(purpose, 0) for purpose in PURPOSES]
    subjects += [("email_marketing", topic) for topic in things.topics]
    return {
        "consents": {one: rng.choice(STATES) for one in subjects if rng.random() < 0.5},
        "closed": {
            channel: {reason for reason in REASONS if rng.random() < 0.25} for channel in CHANNELS
        },
        "wishes": {"frequency": rng.random() < 0.3, "quiet_hours": rng.random() < 0.3},
        "tasks": {kind for kind in TASKS if rng.random() < 0.3},
        # The very list, which changes for everybody.
        "listed": things.listed,
    }


def keep(contact: int, remembered: Mapping[str, Any], at: datetime) -> None:
    """Write it down."""
    for (purpose, topic), state in remembered["consents"].items():
        Consent.objects.create(
            contact_id=contact, purpose=purpose, topic_id=topic, state=state, at=at
        )
    wishes = remembered["wishes"]
    ChannelWish.objects.create(
        contact_id=contact,
        channel="email",
        most=2 if wishes["frequency"] else None,
        per="week" if wishes["frequency"] else "",
        quiet_from=EVENING if wishes["quiet_hours"] else None,
        quiet_to=MORNING if wishes["quiet_hours"] else None,
        pause_until=wishes["pause"],
    )
    for kind in TASKS:
        done_at = None if kind in remembered["tasks"] else at
        Task.objects.create(contact_id=contact, kind=kind, title=kind, done_at=done_at)
    for channel, reasons in remembered["closed"].items():
        for reason in reasons:
            DoNotContact.objects.create(contact_id=contact, channel=channel, reason=reason, at=at)


def fill_the_list(rng: Random, things: Things) -> None:
    """Put some addresses on the suppression list."""
    for kind in ENTRIES:
        if rng.random() < 0.5:
            _toggle(kind, things)


def change_the_list(rng: Random, things: Things) -> None:
    """Put something on the list, or take it off."""
    suppression.announce([_toggle(rng.choice(list(ENTRIES)), things)])


def _toggle(kind: str, things: Things) -> Suppression:
    value = suppression.compared("email", kind, ENTRIES[kind])
    if kind in things.listed:
        things.listed.discard(kind)
        row = Suppression.objects.get(channel="email", kind=kind, value=value)
        row.delete()
        return row
    things.listed.add(kind)
    return Suppression.objects.create(
        channel="email", kind=kind, value=value, reason="manual", since=clock.now()
    )


def answer(rng: Random, things: Things, person: "Person") -> None:
    """Have a person say something about a purpose or a topic."""
    topic = rng.choice((0, *things.topics))
    purpose = "email_marketing" if topic else rng.choice(PURPOSES)
    state, now = rng.choice(STATES), clock.now()
    consent.give([person.id], Proof(purpose, state, "test", now, topic=topic), now)
    consents = person.remembered["consents"]
    # What was granted is not in doubt because somebody asks again.
    if (consents.get((purpose, topic)), state) != ("granted", "pending"):
        consents[purpose, topic] = state


def close_or_open(rng: Random, person: "Person") -> None:
    """Close a channel for one more reason, or lift one."""
    channel, reason, now = rng.choice(CHANNELS), rng.choice(REASONS), clock.now()
    reasons = person.remembered["closed"][channel]
    if rng.random() < 0.6:
        consent.close([person.id], channel, reason, "", now)
        if reason in BOUNCES:
            reasons -= set(BOUNCES)
        reasons.add(reason)
    else:
        consent.reopen([person.id], channel, "", now, [reason])
        reasons.discard(reason)
        # What the list holds of their address by its hash, for this reason, is lifted alike.
        if (channel, reason) == ("email", "manual") and _is_theirs("hash", person.values["email"]):
            person.remembered["listed"].discard("hash")


def a_standing(rng: Random, things: Things) -> Tree:
    """Return a condition on any of these."""
    kind = rng.choice(("answer", "answer", "reasons", "bounce", "suppressed", "several"))
    if kind == "suppressed":
        return {"field": "suppressed", "op": "is", "value": rng.random() < 0.5}
    ops = ("has_any", "has_all", "has_none")
    if kind == "several":
        name, words = rng.choice((("tasks.open", TASKS), ("wishes.email", WISHES)))
        return _on(rng, name, rng.choice(ops), words)
    if kind == "reasons":
        return _on(rng, f"do_not_contact.{rng.choice(CHANNELS)}", rng.choice(ops), REASONS)
    names = [f"consent.{purpose}" for purpose in PURPOSES]
    names += [f"topic.{topic}" for topic in things.topics]
    op = rng.choice(("is", "is_not", "in", "not_in"))
    if kind == "bounce":
        return _on(rng, "bounce", op, ("hard", "soft"))
    return _on(rng, rng.choice(names), op, STATES)


def _on(rng: Random, name: str, op: str, values: tuple[str, ...]) -> Tree:
    if rng.random() < 0.2:
        return {"field": name, "op": rng.choice(("is_empty", "is_not_empty"))}
    value = rng.choice(values) if op in {"is", "is_not"} else some(rng, values)
    found: Tree = {"field": name, "op": op, "value": value}
    if op in {"is_not", "not_in", "has_none"}:
        found |= rng.choice(({}, {"with_value": True}))
    return found


def is_standing(name: str) -> bool:
    return name in {"suppressed", "bounce"} or name.startswith(
        ("consent.", "topic.", "do_not_contact.", "wishes.", "tasks.")
    )


def stands(tree: Tree, remembered: Mapping[str, Any], email: str | None) -> bool:
    """Say, in plain Python, whether such a condition means a person."""
    if tree["field"] == "suppressed":
        return _is_listed(email, remembered["listed"]) == tree["value"]
    answers = _answers(tree["field"], remembered)
    op = tree["op"]
    if op in {"is_empty", "is_not_empty"}:
        return bool(answers) == (op == "is_not_empty")
    wanted = {tree["value"]} if isinstance(tree["value"], str) else set(tree["value"])
    if op in {"is_not", "not_in", "has_none"}:
        return not answers & wanted and (bool(answers) or not tree.get("with_value", False))
    return wanted <= answers if op == "has_all" else bool(answers & wanted)


def _answers(name: str, remembered: Mapping[str, Any]) -> set[str]:
    if name == "bounce":
        return {BOUNCES[one] for one in remembered["closed"]["email"] if one in BOUNCES}
    kind, _dot, rest = name.partition(".")
    if kind == "tasks":
        return set(remembered["tasks"])
    if kind == "wishes":
        return {wish for wish, wanted in remembered["wishes"].items() if wanted}
    if kind == "do_not_contact":
        return set(remembered["closed"].get(rest, ()))
    key = ("email_marketing", int(rest)) if kind == "topic" else (rest, 0)
    state = remembered["consents"].get(key)
    return {state} if state else set()


def _is_listed(email: str | None, listed: set[str]) -> bool:
    return any(_is_theirs(kind, email) for kind in listed)


def _is_theirs(kind: str, email: str | None) -> bool:
    address = (email or "").lower()
    return (address.rpartition("@")[2] if kind == "domain" else address) == ENTRIES[kind]
