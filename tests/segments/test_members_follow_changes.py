"""A change to a contact moves it in or out of dynamic segments when its change set is handled."""

import pytest
from django.db import connection

from contacts.models import Contact, DoNotContact
from contacts.services import consent
from kernel import changes, clock, events
from kernel.dispatcher import Dispatcher
from kernel.events import Fact
from segments.models import Member
from segments.services import editing, members
from tests.segments.scene import FRENCH, follow, inside, move, person, told
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_a_new_segment_is_built_and_then_follows():
    ann, bob = person(country="FR"), person(country="DE")
    segment = follow({"all": [FRENCH]})
    assert inside(segment) == {ann}
    move(bob, country="FR")
    assert inside(segment) == {ann, bob}
    move(ann, country=None)
    assert inside(segment) == {bob}
    assert told(segment) == [f"+{ann}", f"+{bob}", f"-{ann}"]


def test_who_still_matches_is_never_removed_and_added_again():
    ann = person(country="FR")
    segment = follow({"any": [FRENCH, {"field": "city", "op": "is", "value": "Nice"}]})
    since = Member.objects.get(segment_id=segment.pk).added_at
    move(ann, country="DE", city="Nice")
    assert Member.objects.get(segment_id=segment.pk).added_at == since
    assert told(segment) == [f"+{ann}"]


def test_only_segments_that_read_the_change_are_evaluated():
    ann = person(country="FR")
    segment = follow({"all": [FRENCH]})
    Contact.objects.filter(pk=ann).update(country="DE")
    changes.announce([ann], ["field:city"])
    settle()
    assert inside(segment) == {ann}


def test_segments_of_segments_follow_in_the_same_round():
    ann = person(country="FR")
    first = follow({"all": [FRENCH]}, "first")
    second = follow({"segment": [first.pk], "op": "in"}, "second")
    third = follow({"segment": [second.pk], "op": "not_in"}, "third")
    assert (inside(first), inside(second), inside(third)) == ({ann}, {ann}, set())
    Contact.objects.filter(pk=ann).update(country="DE")
    changes.announce([ann], ["field:country"])
    Dispatcher().drain(ann % 16, clock.now())
    assert (inside(first), inside(second), inside(third)) == (set(), set(), {ann})


def test_a_bounce_that_takes_the_place_of_another_is_followed_though_it_was_known():
    """Merged people may have both until the next one comes."""
    ann = person(email="ann@example.com")
    for reason in ("hard_bounce", "soft_bounce"):
        DoNotContact.objects.create(contact_id=ann, channel="email", reason=reason, at=clock.now())
    segment = follow({"field": "bounce", "op": "is", "value": "hard"})
    assert inside(segment) == {ann}
    assert consent.close([ann], "email", "soft_bounce", "", clock.now()) == [ann]
    settle()
    assert inside(segment) == set()


def test_behaviour_counts_and_never():
    ann, bob = person(), person()
    events.type_id("shop.visited")
    twice = follow({"event": "shop.visited", "count": {"op": "gte", "value": 2}})
    never = follow({"event": "shop.visited", "count": {"op": "eq", "value": 0}})
    nice = follow({"event": "shop.visited", "where": {"shop": "Nice"}, "within": "1d"})
    assert (inside(twice), inside(never), inside(nice)) == (set(), {ann, bob}, set())
    now = clock.now()
    events.record("shop.visited", [Fact(ann, now), Fact(ann, now, data={"shop": "Nice"})], now=now)
    events.record("shop.visited", [Fact(bob, now, verdict=3)], now=now)
    settle()
    assert (inside(twice), inside(never), inside(nice)) == ({ann}, {bob}, {ann})


def test_by_hand_wins_over_the_filter():
    ann, bob = person(country="FR"), person(country="DE")
    segment = follow({"all": [FRENCH]})
    members.change(segment, add=[bob], remove=[ann], now=clock.now())
    settle()
    assert inside(segment) == {bob}
    move(ann, country="FR")
    move(bob, country="IT")
    editing.edit(segment, {"filter": {"any": [FRENCH, FRENCH]}}, now=clock.now())
    settle()
    assert inside(segment) == {bob}
    members.change(segment, add=[ann], remove=[bob], now=clock.now())
    assert inside(segment) == {ann}
    assert told(segment) == [f"+{ann}", f"+{bob}", f"-{ann}", f"+{ann}", f"-{bob}"]


def test_an_edited_filter_decides_and_no_filter_keeps_the_members():
    ann, bob = person(country="FR"), person(country="DE")
    segment = follow({"all": [FRENCH]})
    editing.edit(segment, {"filter": {"none": [FRENCH]}}, now=clock.now())
    settle()
    segment.refresh_from_db()
    assert (inside(segment), segment.state) == ({bob}, "ready")
    editing.edit(segment, {"filter": None}, now=clock.now())
    move(ann, country="DE")
    assert inside(segment) == {bob}
    # Two contacts are in two lanes, drained in any order.
    assert sorted(told(segment)) == sorted([f"+{ann}", f"-{ann}", f"+{bob}"])


def test_a_new_contact_is_looked_at_by_every_segment():
    segment = follow({"none": [{"field": "tags", "op": "has_any", "value": ["x"]}]})
    ann = person(email="ann@example.fr")
    now = clock.now()
    events.record("contacts.created", [Fact(ann, now)], now=now, reads=["field:email"])
    settle()
    assert inside(segment) == {ann}


def test_what_changes_for_everybody_has_the_segments_built_anew():
    ann = person(country="FR")
    segment = follow({"all": [FRENCH]})
    Contact.objects.filter(pk=ann).update(country="DE")
    changes.announce_everyone(["field:country"])
    settle()
    assert inside(segment) == set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM segment_evaluated")
        assert cursor.fetchone() == (0,)
