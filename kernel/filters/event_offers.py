"""What a builder offers of behaviour: every type of event, and what may be asked about it."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext_lazy, pgettext_lazy

from kernel.events import EventType, event_types
from kernel.filters import choices, comparing
from kernel.filters.offers import Asked, Operator, Subject, operator
from kernel.permissions import Actor

COUNTS = {
    "gte": _lazy("at least %(count)s times"),
    "eq": _lazy("exactly %(count)s times"),
    "lte": _lazy("at most %(count)s times"),
    "gt": _lazy("more than %(count)s times"),
    "lt": _lazy("fewer than %(count)s times"),
    "ne": _lazy("not exactly %(count)s times"),
}
SAID = {
    "gte": ngettext_lazy("at least %(count)s time", "at least %(count)s times", "count"),
    "eq": ngettext_lazy("exactly %(count)s time", "exactly %(count)s times", "count"),
    "lte": ngettext_lazy("at most %(count)s time", "at most %(count)s times", "count"),
    "gt": ngettext_lazy("more than %(count)s time", "more than %(count)s times", "count"),
    "lt": ngettext_lazy("fewer than %(count)s time", "fewer than %(count)s times", "count"),
    "ne": ngettext_lazy("not exactly %(count)s time", "not exactly %(count)s times", "count"),
}
# What `where` may ask for, as people call it.
WORDS = {
    "amount": _lazy("amount"),
    "answer": _lazy("answer"),
    "campaign": _lazy("campaign"),
    "cart": _lazy("cart"),
    "category": _lazy("category"),
    "channel": _lazy("channel"),
    "code": _lazy("code"),
    "connection": _lazy("connection"),
    "currency": _lazy("currency"),
    "delta": _lazy("points gained or lost"),
    "device": _lazy("device"),
    "email": _lazy("email"),
    "field": _lazy("field"),
    "group": _lazy("point group"),
    "host": _lazy("site"),
    "kind": _lazy("kind"),
    "link": _lazy("link"),
    "order": pgettext_lazy("in a shop", "order"),
    "path": _lazy("page"),
    "point_trigger": _lazy("point trigger"),
    "points": _lazy("points then"),
    "product": _lazy("product"),
    "purpose": _lazy("purpose"),
    "reason": _lazy("reason"),
    "referrer": _lazy("came from"),
    "rule": _lazy("point rule"),
    "seconds": _lazy("seconds"),
    "segment": _lazy("segment"),
    "sms": _lazy("SMS"),
    "source": _lazy("source"),
    "state": _lazy("state"),
    "status": _lazy("status"),
    "system": _lazy("operating system"),
    "tag": _lazy("tag"),
    "text": _lazy("text"),
    "title": pgettext_lazy("of a page", "title"),
    "topic": _lazy("topic"),
    "url": _lazy("web address"),
}
ICONS = {
    "campaigns": "sitemap",
    "carts": "shopping-cart",
    "contacts": "user",
    "emails": "mail",
    "orders": "shopping-cart",
    "pages": "world-www",
    "points": "target-arrow",
    "products": "shopping-cart",
    "segments": "users-group",
    "sms": "message",
    "visits": "login-2",
    "emails.opened": "mail-opened",
    "emails.clicked": "click",
    "emails.sent": "send",
    "emails.failed": "mail-x",
    "emails.bounced": "mail-x",
    "emails.complained": "alert-triangle",
    "emails.replied": "message-circle",
    "emails.unsubscribed": "mail-off",
    "contacts.tagged": "tag",
    "contacts.untagged": "tag",
    "contacts.consented": "rubber-stamp",
    "contacts.closed": "hand-stop",
}
# Corrections of verdicts are about events, not about people.
HIDDEN = frozenset({"events.corrected"})


def operators() -> dict[str, Sequence[Operator]]:
    """Return how numbers of events are compared, and what they hold."""
    return {
        "event": [operator(op, phrase) for op, phrase in COUNTS.items()],
        **comparing.offered(),
    }


def offered(seen: set[str], user: Actor) -> Iterator[Subject]:
    """Walk the types of events, those last that clients report under keys of their own."""
    for kind in sorted(event_types, key=lambda kind: str(kind.label)):
        if kind.key not in HIDDEN:
            yield _subject(kind, user)
    for key in sorted(key for key in seen if key not in event_types):
        yield Subject("event", key, key, "behaviour", "bolt", _("custom event"), "event", free=True)


def _subject(kind: type[EventType], user: Actor) -> Subject:
    asked = []
    if kind.subject and choices.open_to(kind.subject, user):
        asked.append(Asked(kind.subject, word(kind.subject), kind.subject))
    for name in kind.conditions:
        found = kind.choices.get(name, "")
        needs = kind.subject if name in kind.choices_of_subject else ""
        asked.append(Asked(name, word(name), found if choices.known(found) else "", needs))
    numbers = [Asked(name, word(name), input="number") for name in kind.numbers]
    return Subject(
        kind="event",
        key=kind.key,
        label=str(kind.label),
        group="behaviour",
        icon=ICONS.get(kind.key) or ICONS.get(kind.key.partition(".")[0], "bolt"),
        hint=_("event"),
        operators="event",
        where=[*asked, *numbers],
        dated=kind.counted,
    )


def word(name: str) -> str:
    """Say a key of `where` as people call it; a client's own as it stands."""
    return str(WORDS.get(name, name))
