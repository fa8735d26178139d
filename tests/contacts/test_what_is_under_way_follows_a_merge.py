"""What writers had begun for a contact before it was merged ends on the survivor (REL-31)."""

import uuid
from datetime import timedelta

import pytest

from contacts.services.erase import erase
from contacts.services.merge import merge
from emails.models import Delivery, State
from kernel import clock, events
from kernel.events import Fact
from kernel.invariants import broken
from kernel.models import ContactActivity, Event
from segments.models import Member
from tests.contacts.merging import look_again, named, people, rows, under_way
from tests.emails.people import make_email
from tests.settle import settle
from tracking.models import Visitor

ORDER = "orders.placed"
pytestmark = pytest.mark.django_db(transaction=True)


def order(contact: int, verdict: int | None = None) -> None:
    now = clock.now()
    events.record(ORDER, [Fact(contact, now, data={"order": "7"}, verdict=verdict)], now=now)


@pytest.fixture
def pair() -> tuple[int, int]:
    events.type_id(ORDER)
    winner, loser = people({"email": "ana@x.example"}, {"email": "ana@old.example"})
    settle()
    return winner, loser


@pytest.fixture
def buyers(api) -> int:
    tree = {"all": [{"event": ORDER}]}
    made = api.post("/api/v1/segments", {"name": "Buyers", "filter": tree}).json()
    settle()
    return int(made["id"])


def test_an_event_recorded_while_merging_ends_on_the_survivor(pair, buyers):
    winner, loser = pair
    with under_way(lambda: order(loser)):
        merge(winner, loser, clock.now())
    settle()
    assert set(Event.objects.values_list("contact_id", flat=True)) == {winner}
    assert ContactActivity.objects.get(type_id=events.type_id(ORDER)).contact_id == winner
    assert list(Member.objects.values_list("segment_id", "contact_id")) == [(buyers, winner)]
    assert named(loser) == []


def test_changes_waiting_for_the_loser_reach_the_winner_once(pair, buyers):
    winner, loser = pair
    (other,) = people({"email": "bo@x.example"})
    now = clock.now()
    facts = [Fact(contact, now, data={"order": "1"}) for contact in (loser, winner, other, loser)]
    events.record(ORDER, facts, now=now)
    merge(winner, loser, clock.now())
    settle()
    counts = ContactActivity.objects.filter(type_id=events.type_id(ORDER))
    assert dict(counts.values_list("contact_id", "count")) == {winner: 3, other: 1}
    assert set(Member.objects.values_list("contact_id", flat=True)) == {winner, other}
    assert named(loser) == []
    assert broken() == []


def test_what_drives_nothing_follows_half_a_minute_later(pair):
    winner, loser = pair
    now, email = clock.now(), make_email().pk

    def write() -> None:
        order(loser, verdict=3)
        skipped = {"state": State.SKIPPED, "cause": "x", "created_at": now, "due_at": now}
        Delivery.objects.create(contact_id=loser, email_id=email, **skipped)
        Visitor.objects.create(contact_id=loser, key=uuid.uuid4(), first_at=now, last_at=now)

    with under_way(write):
        merge(winner, loser, clock.now())
    settle()
    assert set(named(loser)) == {"event", "delivery", "visitor"}
    look_again()
    settle()
    assert named(loser) == []
    assert Delivery.objects.get().contact_id == winner


def test_what_still_stands_under_the_loser_is_a_broken_promise(pair):
    winner, loser = pair
    long_ago = clock.now() - timedelta(hours=4)
    merge(winner, loser, long_ago)
    settle()
    assert broken() == []
    order(loser, verdict=3)
    assert [check.name for check, _rows in broken()] == ["contacts.history_follows_merges"]


def test_whoever_is_erased_takes_along_what_was_under_way(pair):
    winner, loser = pair
    with under_way(lambda: order(loser, verdict=3)):
        merge(winner, loser, clock.now())
    erase(winner, clock.now())
    settle()
    assert (named(loser), named(winner)) == ([], ["erasure"])
    assert rows("SELECT count(*) FROM event WHERE data ? 'order'") == [(0,)]
