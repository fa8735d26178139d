"""People whose activity is known, and what the activity rank makes of them in plain Python."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from contacts.models import Consent, Contact, ContactState
from kernel import clock, events, preferences
from kernel.events import Fact
from points.models import RankRun
from points.services import when
from tests.settle import settle

KINDS = ("emails.opened", "emails.clicked", "pages.viewed", "orders.placed", "crm.called")
CAUSES = ("broadcast:1", "step:1:2:1", "api:x")
OPERATIONS = {"broadcast:1": "broadcast", "step:1:2:1": "campaign", "api:x": "single"}
ELSEWHERE = {"pages.viewed": "pages.viewed@site", "orders.placed": "orders.placed@shop"}
MEASURED = {
    "click_tracking": "emails.clicked",
    "open_tracking": "emails.opened",
    "web_tracking": "pages.",
}
TRACKING = tuple(MEASURED)
DAY = timedelta(days=1)
NUMBERS = count()


@dataclass
class Someone:
    """A contact with what happened to it and what it agreed to."""

    id: int
    # Type, instant, cause of the message, verdict.
    events: list[tuple[str, datetime, str | None, int | None]] = field(default_factory=list)
    consents: dict[str, str] = field(default_factory=dict)

    def does(
        self, kind: str, at: datetime, cause: str | None = None, verdict: int | None = None
    ) -> None:
        data = {"cause": cause} if cause else {"order": "1"}
        events.record(kind, [Fact(self.id, at, subject=1, data=data, verdict=verdict)], now=at)
        self.events.append((kind, at, cause, verdict))

    def says(self, purpose: str, state: str) -> None:
        Consent.objects.create(contact_id=self.id, purpose=purpose, state=state, at=clock.now())
        self.consents[purpose] = state


def somebody(created_at: datetime | None = None, email: str | None = "") -> Someone:
    made = {"created_at": created_at or clock.now() - 400 * DAY}
    address = f"p{next(NUMBERS)}@x.example" if email == "" else email
    contact = Contact.objects.create(email=address, **made)
    ContactState.objects.create(contact=contact)
    return Someone(contact.pk)


def at_random(rng: Random, now: datetime) -> Someone:
    """Draw a person; times lie on both sides of whole days and of the window's edge."""
    found = somebody()
    for _number in range(rng.choice((0, 0, 1, 2, 5))):
        kind = rng.choice(KINDS)
        cause = rng.choice(CAUSES) if kind.startswith("emails.") else None
        back = rng.choice((0, 1, 1, 2, 7, 29, 30, 31)) * DAY + timedelta(
            seconds=rng.choice((-1, 0, 1, 1_000))
        )
        found.does(kind, now - back, cause, rng.choice((None, None, 1, 3)))
    for purpose in (*TRACKING, "profiling"):
        if rng.random() < 0.4:
            found.says(purpose, rng.choice(("granted", "refused", "refused", "pending")))
    return found


def measured() -> RankRun:
    """Measure everybody as a worker would."""
    when.begin(clock.now())
    settle()
    run = when.last()
    assert run is not None
    return run


def ranks() -> dict[int, int | None]:
    return dict(ContactState.objects.values_list("contact_id", "activity_rank"))


def meant(people: list[Someone], run: RankRun) -> dict[int, int | None]:
    """Say the ranks, from the contract, sharing nothing with the SQL."""
    unasked = preferences.get("tracking.measure_unasked")
    scores = {one.id: score(one, run) for one in people}
    known = {one.id: scores[one.id] for one in people if one.consents.get("profiling") != "refused"}
    active = sorted(value for value in known.values() if value is not None)
    found: dict[int, int | None] = {}
    for one in people:
        value = known.get(one.id)
        if value is not None:
            lower = sum(other < value for other in active)
            found[one.id] = min(10, 1 + 10 * lower // max(len(active) - 1, 1))
        elif one.id not in known or not _is_measured(one, run.settings, unasked):
            found[one.id] = None
        else:
            found[one.id] = 0
    return found


def score(one: Someone, run: RankRun) -> int | None:
    """Add up what counts; None where that is not enough to be active."""
    values = [_worth(event, run) for event in one.events]
    counted = [value for value in values if value]
    return sum(counted) if len(counted) >= run.settings["needed"] else None


def _worth(event: tuple[str, datetime, str | None, int | None], run: RankRun) -> int:
    kind, at, cause, verdict = event
    days = run.settings["days"]
    if verdict == 3 or not run.at - days * DAY < at <= run.at:
        return 0
    cell = f"{kind}@{OPERATIONS[cause]}" if cause else ELSEWHERE.get(kind, "own@own")
    weight: int = run.settings["weights"][cell]
    age = (run.at - at) // DAY
    factor = {
        "none": 1.0,
        "linear": 1 - age / days,
        "half_life": 0.5 ** (age * 4 / days),
    }[run.settings["recency"]]
    return max(1, round(weight * 1_000 * factor)) if weight else 0


def _is_measured(one: Someone, settings: dict[str, Any], unasked: bool) -> bool:
    purposes = {
        purpose
        for purpose, begins in zip(
            TRACKING, ("emails.clicked", "emails.opened", "pages."), strict=True
        )
        if any(weight for key, weight in settings["weights"].items() if key.startswith(begins))
    }
    said = {one.consents.get(purpose, "granted" if unasked else "refused") for purpose in purposes}
    return not purposes or "granted" in said
