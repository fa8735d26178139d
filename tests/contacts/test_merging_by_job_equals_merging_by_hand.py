"""The job merges many pairs at once, and leaves what merging one after the other leaves."""

import random
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from contacts.models import ChannelWish, Company, Field, ImportContact
from contacts.services import duplicates, merging_duplicates
from contacts.services.company_people import link
from contacts.services.consent import Proof, close, give
from contacts.services.merge import Wish, merge_all
from contacts.services.restricting import Said, restrict
from contacts.services.tags import change_tags
from desk.models import Note
from emails.models import Delivery, State
from kernel import clock, events, preferences
from kernel.events import Fact
from kernel.jobs import Jobs
from kernel.models import ActionDone, Job
from segments.models import Segment
from segments.services import members
from tests.contacts.merging import people, rows
from tests.emails.people import make_email
from tests.journey import bring, graph, node, run
from tests.settle import settle
from tracking.models import Visitor

pytestmark = pytest.mark.django_db
REST = graph([node("rest", "wait", **{"for": "1d"})], "start>rest")
# Numbers that sequences give, which no rollback takes back.
NUMBERED = ("event", "consent_record", "suppression")
LEFT_OUT = ("job", "django", "audit", "visitor_event")


class World:
    """Groups who share the number of a card, with all that people have."""

    def __init__(self, api: Any, seed: int) -> None:
        self.chance = random.Random(seed)
        preferences.put("contacts.unique_kinds", [])
        Field.objects.create(alias="card", type="text", label="Card")
        Field.objects.create(alias="code", type="text", label="Code", unique=True)
        self.now = clock.now()
        sizes = [self.chance.choice((2, 2, 2, 3, 4)) for _group in range(7)]
        self.people = people(
            *(self._person(f"card {n}") for n, size in enumerate(sizes) for _one in range(size))
        )
        segments = [Segment.objects.create(name=name) for name in ("One", "Two")]
        for segment in segments:
            members.change(segment, add=self.some(0.5), now=self.now)
            members.change(segment, remove=self.some(0.3), now=self.now)
        for _campaign in range(2):
            bring(api, run(api, REST), self.some(0.6))
        settle()
        email = make_email().pk
        for contact in self.people:
            self._happen(contact)
            self._receive(contact, email)
        for one in range(0, len(self.people) - 3, 4):
            duplicates.tell_apart(self.chance.sample(self.people[one : one + 4], 2), self.ago())
        settle()

    def some(self, share: float) -> list[int]:
        return [contact for contact in self.people if self.chance.random() < share]

    def ago(self) -> Any:
        return self.now - timedelta(hours=self.chance.randrange(1, 90))

    def _person(self, card: str) -> dict[str, Any]:
        number = self.chance.randrange(10**6)
        maybe = {
            "email": self.chance.choice((f"p{number}@x.example", f"{card[-1]}@shared.example")),
            "mobile": f"+33612{number:06}",
            "code": f"C{number}",
            "first_name": self.chance.choice(("Ana", "Bo")),
            "city": self.chance.choice(("Lyon", "Nice")),
            "company": self.chance.choice(("Ondine", "Other")),
        }
        return {"card": card} | {k: v for k, v in maybe.items() if self.chance.random() < 0.7}

    def _happen(self, contact: int) -> None:
        chance, at = self.chance, self.ago()
        for order in range(chance.randrange(3)):
            events.record("orders.placed", [Fact(contact, at, data={"order": order})], now=self.now)
        change_tags([contact], chance.sample(("vip", "new", "old"), 2), [], at)
        for purpose in ("email_marketing", "profiling"):
            if chance.random() < 0.7:
                state = chance.choice(("granted", "refused"))
                give([contact], Proof(purpose, state, "form:1", at), at)
        if chance.random() < 0.4:
            reason = chance.choice(("unsubscribed", "complaint"))
            close([contact], chance.choice(("email", "sms")), reason, "", at)
        if chance.random() < 0.2:
            restrict([contact], "objection", Said("hand"), at)
        companies = list(Company.objects.order_by("name").values_list("pk", flat=True))
        if chance.random() < 0.5:
            link(chance.choice(companies), contact, at, role=chance.choice(("", "buyer")))

    def _receive(self, contact: int, email: int) -> None:
        chance, at = self.chance, self.ago()
        states = (State.SENT, State.SKIPPED, State.QUEUED)
        for cause in chance.sample(("run:1", "run:2", "run:3"), 2):
            later = {"created_at": at, "due_at": self.now + timedelta(days=9)}
            state = chance.choice(states)
            Delivery.objects.create(
                contact_id=contact, email_id=email, cause=cause, state=state, **later
            )
            ActionDone.objects.create(contact_id=contact, cause=cause, done_at=at)
        key = uuid.UUID(int=chance.getrandbits(128))
        Visitor.objects.create(contact_id=contact, key=key, first_at=at, last_at=at)
        Note.objects.create(contact_id=contact, text="Called", created_at=at, updated_at=at)
        ImportContact.objects.create(import_id=1, contact_id=contact, what=chance.randrange(1, 3))
        ChannelWish.objects.create(contact_id=contact, channel="email", most=chance.randrange(9))


def tables() -> dict[str, Any]:
    """Return every table's rows; sums of what is counted, and of changes who and what."""
    found = {}
    for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        if name.startswith(LEFT_OUT):
            continue
        without = "- 'id'" if name.startswith(NUMBERED) else ""
        taken = rows(f'SELECT (to_jsonb(t) {without})::text FROM "{name}" t')
        found[name] = Counter(text for (text,) in taken)
    # What is added up, and which contacts are told of what, may come in other portions.
    for name, keys in (
        ("node_delta", ("node_id", "version_id", "day", "branch")),
        ("member_delta", ("segment_id",)),
        ("segment_departure", ("segment_id", "contact_id", "at")),
    ):
        columns = [
            c
            for (c,) in rows(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                " AND column_name <> 'id' AND column_name <> ALL(%s)",
                name,
                list(keys),
            )
        ]
        key, summed = ", ".join(keys), ", ".join(f"sum({column})" for column in columns)
        found[name] = Counter(
            row
            for row in rows(f"SELECT {key}, {summed} FROM {name} GROUP BY {key}")
            if any(row[len(keys) :])
        )
    found["change"] = set(
        rows("SELECT DISTINCT unnest(contact_ids), reads::text, type_id, depth FROM change")
    )
    return found


def by_hand(job: Job) -> None:
    """Merge group by group, one after the other, as one would on the screen."""
    for group in duplicates.whole("card", job.user, "", 100):
        winner, *others = sorted(group.contacts)
        for loser in others:
            if loser not in duplicates.told_apart([winner])[winner]:
                wish = Wish(job.user_id, f"job:{job.pk}")
                merge_all(winner, [loser], clock.now(), wish)


def by_job(_job: Job) -> None:
    while Jobs().due(clock.now()):
        Jobs().work(clock.now())


def left_by(merge: Callable[[Job], None], job: Job) -> dict[str, Any]:
    """Return what a way of merging leaves, and take it back."""
    with transaction.atomic():
        merge(job)
        told, found = Job.objects.get(pk=job.pk), tables()
        transaction.set_rollback(True)
    if merge is by_job:
        assert (told.state, told.progress["contacts"]) == ("done", sum(found["merge"].values()))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_rows_are_left(api, alice, seed):
    with time_machine.travel(clock.now(), tick=False):
        World(api, seed)
        job = merging_duplicates.start("card", "oldest", dry=False, user_id=alice.pk)
        one, other = left_by(by_hand, job), left_by(by_job, job)
    assert sum(one["merge"].values()) > 5
    assert {name: rows for name, rows in one.items() if other[name] != rows} == {}
    assert one.keys() == other.keys()
