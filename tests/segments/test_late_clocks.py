"""A dispatcher whose round began before time moved somebody does not move them back for good."""

from datetime import UTC, datetime, timedelta

import pytest

from contacts.models import Contact, Field
from kernel import changes, clock
from kernel.dispatcher import Dispatcher
from kernel.jobs import enqueue
from segments.services import auditing, following
from segments.services.turns import Turn
from tests.segments.scene import follow, inside, person, told
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moving_clock(monkeypatch, tmp_path):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    clock.move(datetime(2031, 6, 1, 8, tzinfo=UTC) - clock.now())


def follow_time() -> None:
    enqueue(following.FOLLOW, {}, now=clock.now())
    settle()


def test_who_was_evaluated_with_an_older_now_is_looked_at_once_more():
    Field.objects.create(alias="call", type="datetime", label="call")
    ann = person(attrs={"call": clock.iso(clock.now() + timedelta(hours=2, seconds=20))})
    near = follow({"field": "call", "op": "within_next", "value": "2h"})
    began = clock.now()
    clock.move(timedelta(seconds=30))
    follow_time()
    assert inside(near) == {ann}
    # The slow round looks at the world as it was before the window reached Ann.
    changes.announce([ann], ["field:call"])
    Dispatcher().round(began)
    assert inside(near) == set()
    clock.move(timedelta(seconds=60))
    follow_time()
    assert inside(near) == {ann}
    assert not any(auditing.rebuild(None, Turn()).values())


def test_a_rebuild_between_two_looks_at_time_blames_nobody():
    Field.objects.create(alias="call", type="datetime", label="call")
    ann = person(attrs={"call": clock.iso(clock.now() + timedelta(hours=3))})
    near = follow({"field": "call", "op": "within_next", "value": "2h"})
    clock.move(timedelta(hours=1, minutes=30))
    assert auditing.rebuild(None, Turn()) == {near.pk: 0}
    assert (inside(near), told(near)) == ({ann}, [f"+{ann}"])


def test_a_rebuild_in_front_of_the_dispatcher_blames_nobody():
    ann = person(country="FR")
    french = follow({"all": [{"field": "country", "op": "is", "value": "FR"}]})
    Contact.objects.filter(pk=ann).update(country="DE")
    changes.announce([ann], ["field:country"])
    assert auditing.rebuild(None, Turn()) == {french.pk: 0}
    settle()
    assert (inside(french), told(french)) == (set(), [f"+{ann}", f"-{ann}"])
