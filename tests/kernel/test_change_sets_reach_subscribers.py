"""Change sets and events reach every subscriber once, in order, whatever fails on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from contacts.models import Contact
from kernel import changes, events
from kernel.changes import Changes
from kernel.dispatcher import Dispatcher
from kernel.events import EventType, Fact
from kernel.locks import LANES
from kernel.models import ContactActivity, ParkedChange
from kernel.subscribers import Subscriber, subscribers
from tests.settle import settle

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
pytestmark = pytest.mark.django_db
seen: list[Changes] = []
poison: set[int] = set()
collisions: list[int] = []


@pytest.fixture(autouse=True)
def watcher():
    """Subscribe for the length of a test only."""

    class Knocked(EventType):
        key = "testing.knocked"
        label = "Knocked"

    class Watch(Subscriber):
        key = "testing.watch"
        label = "Watch"
        order = 99

        def react(self, changes: Changes, now: datetime) -> None:
            if collisions:
                raise OperationalError(f"deadlock {collisions.pop()}")
            if poison & set(changes.contacts()):
                raise ValueError("indigestible")
            seen.append(changes)

    seen.clear()
    poison.clear()
    events.event_types.register(Knocked)
    subscribers.register(Watch)
    yield
    events.event_types._entries.pop(Knocked.key)
    subscribers._entries.pop(Watch.key)


def test_an_event_and_its_change_set_are_one_statement():
    events.record("testing.knocked", [Fact(5, NOW, subject=9, data={"hard": True})], now=NOW)
    settle(NOW)
    [told] = [change for changes in seen for change in changes.changes]
    assert (told.contact, told.subject, told.occurred_at) == (5, 9, NOW)
    assert told.reads == ("event:testing.knocked",)
    activity = ContactActivity.objects.get(contact_id=5)
    assert (activity.count, activity.first_at) == (1, NOW)


def test_a_contacts_changes_are_seen_in_the_order_they_were_written():
    for number in range(40):
        at = NOW + timedelta(seconds=number)
        events.record("testing.knocked", [Fact(c, at, subject=number) for c in (1, 2, 17)], now=at)
    settle(NOW)
    for contact in (1, 2, 17):
        told = [c.subject for part in seen for c in part.changes if c.contact == contact]
        assert told == list(range(40))


def test_arrays_stay_aligned_over_chunks_and_lanes():
    facts = [Fact(c, NOW, subject=c * 10) for c in range(1, 2501)]
    ids = events.record("testing.knocked", facts, now=NOW)
    assert len(set(ids)) == 2500
    settle(NOW)
    told = [change for part in seen for change in part.changes]
    assert {change.contact for change in told} == set(range(1, 2501))
    assert all(change.subject == change.contact * 10 for change in told)


def test_what_a_machine_did_is_recorded_and_drives_nothing():
    events.record("testing.knocked", [Fact(5, NOW, verdict=3)], now=NOW)
    settle(NOW)
    assert seen == []


def test_one_indigestible_contact_is_parked_and_the_others_go_on():
    poison.add(33)
    changes.announce(range(1, 65), ["field:city"])
    settle(NOW)
    reached = {contact for part in seen for contact in part.contacts()}
    assert reached == set(range(1, 65)) - {33}
    assert ParkedChange.objects.get().contacts == [33]


def test_reactions_stop_at_depth_eight():
    changes.announce([1], ["field:city"], depth=8)
    changes.announce([2], ["field:city"], depth=9)
    settle(NOW)
    assert [part.contacts() for part in seen] == [[1]]


def test_bulk_lanes_wait_for_the_interactive_ones():
    changes.announce([1], ["field:city"], bulk=True)
    changes.announce([2], ["field:city"])
    dispatcher = Dispatcher()
    dispatcher.round(NOW)
    assert [part.contacts() for part in seen] == [[2]]
    dispatcher.round(NOW)
    assert [part.contacts() for part in seen] == [[2], [1]]


def test_above_twenty_thousand_contacts_everybody_is_announced_in_one_row():
    changes.announce(range(1, 20_002), ["field:city"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM change")
        assert cursor.fetchone()[0] == 1
    settle(NOW)
    assert [part.everyone for part in seen] == [frozenset({"field:city"})]


def test_a_contact_row_has_room_for_updates_in_place():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reloptions FROM pg_class WHERE relname = %s", [Contact._meta.db_table]
        )
        assert "fillfactor=85" in cursor.fetchone()[0]


def test_what_concerns_everybody_survives_an_indigestible_contact():
    changes.announce_everyone(["tags"])
    lane_zero = [LANES, 2 * LANES]
    changes.announce(lane_zero, ["tags"], bulk=True)
    poison.add(LANES)
    settle(NOW)
    assert any("tags" in one.everyone for one in seen)
    assert [row.contacts for row in ParkedChange.objects.all()] == [[LANES]]


@pytest.mark.django_db(transaction=True)
def test_a_lane_whose_round_collided_is_taken_again_at_once():
    changes.announce([5], ["tags"])
    dispatcher = Dispatcher()
    collisions.append(5)
    assert dispatcher.round(NOW) == 0
    assert dispatcher.round(NOW) == 1
    assert [one.contacts() for one in seen] == [[5]]
