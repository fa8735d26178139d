"""A rebuild corrects what is wrong through the evaluation, and says how many rows it corrected."""

import logging
import time

import pytest
from django.db import connection

from contacts.models import Contact, Field
from kernel import changes, clock
from kernel.dispatcher import Dispatcher
from kernel.invariants import broken
from segments.models import Evaluated, Member, Segment
from segments.services import auditing, building, editing, members
from segments.services.turns import Turn
from tests.segments.scene import FRENCH, follow, inside, person, told
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_nothing_wrong_is_nothing_corrected():
    ann, _bob = person(country="FR"), person()
    segment = follow({"all": [FRENCH]})
    assert auditing.rebuild(None, Turn()) == {segment.pk: 0}
    assert told(segment) == [f"+{ann}"]


def test_wrong_members_are_corrected_told_and_counted(caplog):
    ann, bob = person(country="FR"), person(country="DE")
    segment = follow({"all": [FRENCH]})
    follower = follow({"segment": [segment.pk], "op": "in"}, "Follower")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE member SET contact_id = %s", [bob])
    with caplog.at_level(logging.ERROR):
        found = auditing.rebuild([segment.pk], Turn())
    assert found == {segment.pk: 2}
    assert "corrected 2 members" in caplog.text
    settle()
    assert (inside(segment), inside(follower)) == ({ann}, {ann})
    assert Segment.objects.get(pk=segment.pk).corrected == 2
    assert auditing.rebuild(None, Turn()) == {segment.pk: 0, follower.pk: 0}


# A segment by itself is compared by a statement of its own.
ALONE_AND_BESIDE = pytest.mark.parametrize("trees", [[], [{"none": [FRENCH]}]])


@ALONE_AND_BESIDE
def test_what_was_decided_by_hand_is_no_difference(trees):
    ann, bob = person(country="FR"), person(country="DE")
    segment = follow({"all": [FRENCH]})
    beside = [follow(tree, "Beside") for tree in trees]
    members.change(segment, add=[bob], remove=[ann], now=clock.now())
    wrong = auditing.rebuild(None, Turn())
    assert wrong == {segment.pk: 0, **{other.pk: 0 for other in beside}}
    assert inside(segment) == {bob}


@ALONE_AND_BESIDE
def test_a_build_leaves_members_whose_contact_is_gone_to_the_daily_sweep(trees):
    eve, ann = person(country="FR"), person(country="FR")
    segment = follow({"all": [FRENCH]})
    beside = [follow(tree, "Beside") for tree in trees]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact_state WHERE contact_id = %s", [ann])
        cursor.execute("DELETE FROM contact WHERE id = %s", [ann])
    building.request([segment.pk, *(other.pk for other in beside)])
    building.build(Turn())
    assert inside(segment) == {ann, eve}
    assert told(segment) == [f"+{eve}", f"+{ann}"]


def test_a_contact_evaluated_while_its_segment_is_built_is_left_alone():
    ann, bob, eve = person(country="FR"), person(country="FR"), person()
    segment = editing.create({"name": "New", "filter": {"all": [FRENCH]}}, now=clock.now())

    def meanwhile(**_progress: object) -> None:
        """After the scan has seen Ann in France and Eve nowhere, they swap."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'segment_difference'")
            scanned = cursor.fetchone()[0]
        if scanned and not Evaluated.objects.exists():
            Contact.objects.filter(pk=ann).update(country=None)
            Contact.objects.filter(pk=eve).update(country="FR")
            changes.announce([ann, eve], ["field:country"])
            Dispatcher().round(clock.now())

    building.build(Turn(save=meanwhile))
    assert inside(segment) == {bob, eve}
    assert not Evaluated.objects.exists()


def test_a_regular_expression_that_takes_too_long_is_put_aside_and_the_rest_goes_on(monkeypatch):
    monkeypatch.setattr("segments.services.evaluation.RISKY_MS", 200)
    Field.objects.create(alias="note", type="long_text", label="note")
    slow = follow({"field": "note", "op": "matches", "value": r"^(.*)(.*)\2\1$"}, "slow")
    quick = follow({"field": "note", "op": "starts_with", "value": "aa"}, "quick")
    ann = person(attrs={"note": "a" * 9_000 + "b"})
    changes.announce([ann], ["field:note"])
    began = time.monotonic()
    settle()
    assert time.monotonic() - began < 30
    assert inside(quick) == {ann}
    slow.refresh_from_db()
    assert (slow.state, slow.error) == ("failed", building.TOO_SLOW)


def test_invariants_hold_after_deleting_a_segment():
    ann = person(country="FR")
    segment = follow({"all": [FRENCH]})
    assert Member.objects.filter(contact_id=ann).exists()
    editing.delete(segment, clock.now())
    assert not broken(lambda name: name.startswith("segments."))
    settle()
    assert not Member.objects.exists()
    assert not broken(lambda name: name.startswith("segments."))
