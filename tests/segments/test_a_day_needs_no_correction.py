"""A day of everything at once, in waves; the rebuild of the night corrects nothing (S4)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from contacts.models import Contact, Field
from contacts.services import merging_duplicates
from contacts.services.consent import Proof, close, give
from contacts.services.erase import erase
from contacts.services.restricting import Said, lift, restrict
from kernel import clock, events, preferences
from kernel.invariants import broken
from kernel.jobs import enqueue
from kernel.models import Event
from segments.models import Member, Segment
from segments.services import auditing
from stages.models import Stage
from tests.contacts.imports.sending import post
from tests.contacts.merging import look_again, people
from tests.settle import settle
from tests.tracking.conftest import site, spooled  # noqa: F401 - fixtures
from tests.tracking.site import Visit, arrive
from tracking.visits import identity

pytestmark = pytest.mark.django_db
VIEWED, BOUGHT = "pages.viewed", "orders.placed"
CITIES = ("Lyon", "Nice", "Pau", "")
FILTERS: tuple[Any, ...] = (
    {"field": "city", "op": "is", "value": "Lyon"},
    {"none": [{"field": "city", "op": "in", "value": ["Lyon", "Nice"]}]},
    {"field": "points", "op": "gte", "value": 10},
    {"field": "tags", "op": "has_none", "value": ["vip"]},
    {"event": VIEWED, "within": "3h"},
    {"event": VIEWED, "where": {"url": {"op": "contains", "value": "/prices"}}},
    {"event": VIEWED, "count": {"op": "eq", "value": 0}},
    {"event": BOUGHT, "total": {"of": "amount", "op": "gte", "value": 100}, "within": "1d"},
    {"field": "created_at", "op": "within_last", "value": "5h"},
    {"field": "due", "op": "on", "value": "today"},
    {"field": "due", "op": "within_next", "value": "1d"},
    {"field": "due", "op": "is_empty"},
    {"field": "stage", "op": "is_not_empty"},
    {"field": "company.name", "op": "contains", "value": "on"},
)


class Day:
    """What goes on: each deed by the door people use, and nothing settles between two."""

    def __init__(self, api: Any, alice: Any, seed: int) -> None:
        self.api, self.alice, self.chance = api, alice, Random(seed)
        Field.objects.create(alias="due", type="date", label="Due")
        preferences.put("contacts.unique_kinds", [])
        self.stage = Stage.objects.create(name="Lead")
        known = [{"email": f"p{n}@x.example", **self.values()} for n in range(40)]
        self.visits = []
        for contact in people(*known)[:15]:
            visit = Visit()
            visit.post(t=identity(contact, clock.now()))
            self.visits.append(visit)
        for number, tree in enumerate(FILTERS):
            self.make(f"S{number}", tree)
        settle()
        above = Segment.objects.order_by("pk").values_list("pk", flat=True)
        self.make("Above", {"segment": list(above[:3]), "op": "in"})
        self.make("Beside", {"segment": [above[4]], "op": "not_in"})
        arrive()

    def make(self, name: str, tree: Any) -> None:
        body = {"name": name, "filter": {"all": [tree]}}
        answer = self.api.post("/api/v1/segments", body)
        assert answer.status_code == 201, answer.content

    def values(self) -> dict[str, Any]:
        day = (clock.now() + timedelta(days=self.chance.randrange(-1, 3))).date()
        drawn = {
            "city": self.chance.choice(CITIES) or None,
            "due": self.chance.choice((day.isoformat(), None)),
            "company": self.chance.choice(("Ondine", "Globex", None)),
        }
        return {alias: value for alias, value in drawn.items() if self.chance.random() < 0.7}

    def someone(self) -> int:
        return self.chance.choice(list(Contact.objects.order_by("pk").values_list("pk", flat=True)))

    def browse(self) -> None:
        for visit in self.chance.sample(self.visits, 4):
            visit.view(self.chance.choice(("/", "/prices", "/help")))

    def buy(self) -> None:
        body = {
            "type": BOUGHT,
            "contact": str(self.someone()),
            "data": {"order": str(self.chance.random()), "amount": "60", "currency": "EUR"},
            "occurred_at": clock.iso(clock.now() - timedelta(hours=self.chance.randrange(30))),
        }
        assert self.api.post("/api/v1/tracking/events", body).status_code < 300

    def bring_in(self) -> None:
        rows = [
            f"p{self.chance.randrange(60)}@x.example,{self.chance.choice(CITIES)},fair"
            for _row in range(12)
        ]
        file = "\n".join(["email,city,tags", *rows])
        answer = post(self.api, file, empty_clears=self.chance.random() < 0.5)
        assert answer.status_code == 201, answer.content

    def edit(self) -> None:
        change = {**self.values(), "tags": {"add": [self.chance.choice(("vip", "new"))]}}
        assert self.api.patch(f"/api/v1/contacts/{self.someone()}", change).status_code == 200

    def write_many(self) -> None:
        rows = [
            {"email": f"p{self.chance.randrange(70)}@x.example", **self.values()} for _ in "abc"
        ]
        answer = self.api.post("/api/v1/contacts/bulk", {"match": "email", "contacts": rows})
        assert answer.status_code == 200, answer.content

    def act(self) -> None:
        key, config = self.chance.choice(
            (
                ("points.adjust", {"delta": self.chance.choice((7, -4))}),
                ("stages.change", {"stage": self.stage.pk}),
                ("tags.change", {"add": [], "remove": ["vip"]}),
            )
        )
        body = {"key": key, "config": config, "contacts": [str(self.someone())]}
        assert self.api.post("/api/v1/actions", body).status_code == 202

    def merge(self) -> None:
        one, other = self.someone(), self.someone()
        if one != other:
            body = {"winner": str(one), "losers": [str(other)]}
            assert self.api.post("/api/v1/merges", body).status_code < 300

    def merge_duplicates(self) -> None:
        email = Contact.objects.exclude(email=None).order_by("pk").values_list("email", flat=True)
        people({"email": email[0]}, {"email": email[0]}, {"email": email[1]})
        # One that goes on already is waited for.
        with suppress(merging_duplicates.UnderWay):
            merging_duplicates.start("email", "oldest", dry=False, user_id=self.alice.pk)

    def say(self) -> None:
        someone, now = self.someone(), clock.now()
        state = self.chance.choice(("granted", "refused"))
        give([someone], Proof("profiling", state, "form:1", now), now)
        close([someone], "email", "unsubscribed", "", now)

    def restrict(self) -> None:
        someone = self.someone()
        if self.chance.random() < 0.5:
            restrict([someone], "unlawful", Said("hand"), clock.now())
        else:
            lift([someone], Said("hand"), clock.now())

    def forget(self) -> None:
        erase(self.someone(), clock.now())

    def change_a_filter(self) -> None:
        segment = self.chance.choice(list(Segment.objects.filter(name__startswith="S")))
        tree = {"all": [self.chance.choice(FILTERS)]}
        body = {"filter": tree, "version": segment.version}
        assert self.api.patch(f"/api/v1/segments/{segment.pk}", body).status_code == 200

    def decide_by_hand(self) -> None:
        segment = self.chance.choice(list(Segment.objects.all()))
        body = {self.chance.choice(("add", "remove")): [str(self.someone())]}
        answer = self.api.post(f"/api/v1/segments/{segment.pk}/contacts", body)
        assert answer.status_code == 200, answer.content

    def move_the_workspace(self) -> None:
        zone = self.chance.choice(("UTC", "Europe/Paris", "America/Los_Angeles"))
        preferences.put("workspace.timezone", zone)

    def deeds(self) -> list[Callable[[], None]]:
        often = [self.browse, self.buy, self.edit, self.write_many, self.act]
        seldom = [self.merge, self.merge_duplicates, self.say, self.restrict, self.forget]
        settings = [self.change_a_filter, self.decide_by_hand, self.move_the_workspace]
        return [*often * 3, *seldom, self.bring_in, *settings]

    def live(self, deeds: int) -> None:
        """Let a day pass hour by hour: much happens before anybody reacts to any of it."""
        for _hour in range(24):
            for _deed in range(deeds):
                self.chance.choice(self.deeds())()
            arrive()
            clock.move(timedelta(hours=1))
            enqueue("segments.follow", {}, now=clock.now())
            settle()


@pytest.fixture(autouse=True)
def moving_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, db: None) -> None:
    """It begins in the evening, so that midnight comes in the middle of things."""
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    clock.move(datetime(2031, 6, 1, 19, 40, tzinfo=UTC) - clock.now())
    for key in (VIEWED, BOUGHT):
        events.type_id(key)


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(("seed", "deeds"), [(1, 5), pytest.param(2, 40, marks=pytest.mark.long)])
def test_the_rebuild_of_the_night_corrects_nothing(api: Any, alice: Any, seed: int, deeds: int):
    day = Day(api, alice, seed)
    day.live(deeds)
    look_again()
    settle()
    assert Member.objects.count() > 50
    assert Event.objects.count() > 300
    enqueue(auditing.REBUILD, {}, now=clock.now())
    settle()
    wrong = Segment.objects.exclude(corrected=0)
    assert {segment.name: (segment.corrected, segment.filter) for segment in wrong} == {}
    assert broken() == []
