"""What ledger, imports, campaigns and clicks remember of people, and what filters make of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from campaigns.models import Campaign, Source, Visit
from contacts.models import Import, ImportContact, Topic
from emails.models import Delivery, Email
from kernel import filing
from kernel.models import Folder
from tests.filters.moments import World, compared, inside

CLICKED, OPENED = "emails.clicked", "emails.opened"
WEIGHTS = {CLICKED: 3, OPENED: 1}
YEAR = timedelta(days=365)
URLS = ("https://example.com/a", "https://example.com/b")
REASONS = ("no_consent", "hard_bounce", None)
# As in the ledger: waiting (for years), sent, failed, uncertain, skipped, cancelled.
STATES = (0, 3, 4, 5, 6, 7)
SENT, FAILED, UNCERTAIN, SKIPPED = 3, 4, 5, 6
MEANT = {"sent": SENT, "failed": FAILED, "uncertain": UNCERTAIN, "skipped": SKIPPED}
# Done, at an exit, at the goal; then out of the segment, and taken out by hand.
FINISHED = (1, 2, 3)
ENDS = (None, None, None, *FINISHED, 4, 5)
IMPORTED = {"in": {1, 2, 3}, "added_by": {1}, "updated_by": {2}}
ORDERS = ("eq", "ne", "gt", "gte", "lt", "lte")
Tree = dict[str, Any]


@dataclass(frozen=True)
class Things:
    """What filters may name."""

    owner: int
    segments: Sequence[int]
    emails: Sequence[int] = ()
    imports: Sequence[int] = ()
    campaigns: Sequence[int] = ()
    topics: Sequence[int] = ()
    # What is on the suppression list now, by the kind of the entry.
    listed: set[str] = field(default_factory=set)
    categories: Sequence[int] = ()
    # Under which of them each email is filed now.
    filed: dict[int, int] = field(default_factory=dict)


def make_things(owner: int, segments: Sequence[int]) -> Things:
    """Make two of everything that histories are about."""
    emails = [Email.objects.create(name=name, subject=name).pk for name in ("hello", "again")]
    made = Things(
        owner,
        segments,
        emails,
        [Import.objects.create(name=name).pk for name in ("a.csv", "b.csv")],
        [Campaign.objects.create(name=name).pk for name in ("one", "two")],
        [Topic.objects.create(name=name).pk for name in ("news", "offers")],
        categories=[
            Folder.objects.create(sort=filing.CATEGORY, name=name).pk for name in ("ski", "shoe")
        ],
    )
    file_elsewhere(made, emails[0], made.categories[0])
    return made


def file_elsewhere(things: Things, email: int, category: int | None) -> None:
    """File an email under a category, or under none."""
    filing.file("email", [email], filing.Change(category=category, clear=category is None))
    if category is None:
        things.filed.pop(email, None)
    else:
        things.filed[email] = category


def some(rng: Random, values: Sequence[Any]) -> list[Any]:
    return rng.sample(list(values), rng.randint(1, min(3, len(values))))


def draw(rng: Random, things: Things) -> dict[str, Any]:
    """Return what is remembered of one person."""
    return {
        # Email, state, reason, and how long before its writing it was meant.
        "deliveries": [
            (
                rng.choice(things.emails),
                rng.choice(STATES),
                rng.choice(REASONS),
                timedelta(hours=rng.choice((0, 1, 24, 47, 800))),
            )
            for _number in range(rng.choice((0, 0, 1, 2)))
        ],
        "imports": {i: rng.randint(1, 3) for i in things.imports if rng.random() < 0.4},
        # Why the visit ended; None while it is under way.
        "campaigns": {i: rng.choice(ENDS) for i in things.campaigns if rng.random() < 0.6},
        "filed": things.filed,
    }


def keep(contact: int, remembered: dict[str, Any], at: datetime) -> None:
    """Write it down."""
    for number, (email, state, reason, ago) in enumerate(remembered["deliveries"]):
        Delivery.objects.create(
            email_id=email,
            contact_id=contact,
            state=state,
            reason=reason,
            created_at=at - ago,
            due_at=at + timedelta(days=3_650),
            cause=f"api:{number}",
        )
    for imported, what in remembered["imports"].items():
        ImportContact.objects.create(import_id=imported, contact_id=contact, what=what)
    for campaign, reason in remembered["campaigns"].items():
        Visit.objects.create(
            campaign_id=campaign,
            contact_id=contact,
            version_id=0,
            number=1,
            source=Source.MANUAL,
            entered_at=at,
            left_at=at + timedelta(hours=1) if reason else None,
            reason=reason,
        )


def a_click(rng: Random, things: Things) -> dict[str, Any]:
    """Return the data of a click; the email is its subject."""
    return {
        "email": rng.choice(things.emails),
        "url": rng.choice(URLS),
        "link": rng.randint(1, 2),
    }


def a_condition(rng: Random, things: Things, time: Callable[[], Tree]) -> Tree:
    """Return a condition on any of these histories; `time` draws a period."""
    kind = rng.choice(("delivery", "import", "campaign", "click", "interest"))
    if kind == "interest":
        return _interest(rng, things)
    if kind == "delivery":
        emails: Any = some(rng, things.emails)
        found: Tree = {"delivery": {"email": emails if rng.random() < 0.7 else emails[0]}}
        if rng.random() < 0.9:
            found["state"] = rng.choice(("selected", *MEANT))
        if rng.random() < 0.4:
            found["reason"] = rng.choice(REASONS[:2])
        if rng.random() < 0.4:
            found["count"] = {"op": rng.choice(ORDERS), "value": rng.randint(1, 2)}
        return found | time()
    if kind == "import":
        op = rng.choice(tuple(IMPORTED))
        return {"import": some(rng, things.imports), "op": rng.choice((op, f"not_{op}"))}
    if kind == "campaign":
        op = rng.choice(("in", "entered", "finished"))
        return {"campaign": some(rng, things.campaigns), "op": rng.choice((op, f"not_{op}"))}
    return {"event": CLICKED, "where": dict(some(rng, list(_wheres(rng, things).items())))}


def _interest(rng: Random, things: Things) -> Tree:
    op = rng.choice((*ORDERS, "between"))
    pair = sorted(rng.choices((-1, 0, 1, 3, 4, 6), k=2))
    number = rng.choice(things.categories)
    value = pair if op == "between" else pair[0]
    return {"field": f"interest.{number}", "op": op, "value": value}


def is_interested(tree: Tree, events: Any, filed: dict[int, int], world: World) -> bool:
    """Say, in plain Python, whether a condition on an interest means somebody of such events."""
    category = int(tree["field"].removeprefix("interest."))
    points = sum(
        WEIGHTS[kind]
        for kind, at, data, verdict in events
        if kind in WEIGHTS
        and verdict != 3
        and at >= world.now - YEAR
        and filed.get(data.get("email")) == category
    )
    return compared(tree["op"], points, tree["value"])


def _wheres(rng: Random, things: Things) -> dict[str, Any]:
    return {
        "email": rng.choice((rng.choice(things.emails), list(things.emails))),
        "url": rng.choice((URLS[0], list(URLS), "https://example.com/none")),
        "link": rng.choice((1, 2, 3, [1, 2])),
    }


def remembers(tree: Tree, remembered: dict[str, Any], world: World) -> bool:
    """Say, in plain Python, whether such a condition means a person."""
    if "delivery" in tree:
        asked = tree["delivery"]["email"]
        emails = asked if isinstance(asked, list) else [asked]
        state = tree.get("state", "sent")
        number = sum(
            email in emails
            and state in {"selected", *(name for name, kept in MEANT.items() if kept == now)}
            and tree.get("reason", reason) == reason
            and inside(tree, remembered["written"] - ago, world)
            for email, now, reason, ago in remembered["deliveries"]
        )
        wanted = tree.get("count", {"op": "gte", "value": 1})
        return compared(wanted["op"], number, wanted["value"])
    op = tree["op"].removeprefix("not_")
    if "import" in tree:
        done = {i for i, what in remembered["imports"].items() if what in IMPORTED[op]}
        met = bool(done & set(tree["import"]))
    else:
        meant = {"in": (None,), "entered": ENDS, "finished": FINISHED}[op]
        found = {i for i, reason in remembered["campaigns"].items() if reason in meant}
        met = bool(found & set(tree["campaign"]))
    return met == (op == tree["op"])
