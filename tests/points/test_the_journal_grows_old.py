"""The journal of points goes by age: nobody's score changes, and every limit holds as before."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from contacts.services.merge import merge
from kernel import clock, preferences, retaining, retention
from kernel.contactdata import forget
from kernel.invariants import broken
from kernel.models import Event
from points.models import Award, Tally
from points.services import growing_old, telling
from points.services.telling import given_by
from tests.journey import people, totals
from tests.points.rules import did, group, rule, scores
from tests.settle import settle
from tracking.services.corrections import correct

pytestmark = pytest.mark.django_db
LATER = timedelta(days=500)
MACHINE, HUMAN = 3, 1


def run(kind: str = retaining.KIND) -> int | None:
    """Let everything so far grow old; return how many rows of the journal went, or would."""
    with time_machine.travel(clock.now() + LATER, tick=False):
        settle()
        retaining.begin(kind, clock.now(), None)
        settle()
        last = retaining.last(growing_old.KEY, dry=kind == retaining.DRY)
    return None if last is None else last.rows


@pytest.mark.parametrize(
    ("options", "after"),
    [
        ({}, 20),
        ({"repeat": "contact"}, 5),
        ({"repeat": "subject"}, 10),
        ({"nth": 4}, 5),
        ({"most": 12}, 10),
        ({"delta": -5, "most": 15}, -15),
    ],
)
def test_limits_hold_over_what_is_gone(api: APIClient, options: Any, after: int):
    [zoe] = people(1)
    rule(api, **options)
    for subject in (11, 11, 12):
        did(zoe, subject=subject)
    settle()
    before, rows = totals([zoe]), Award.objects.count()
    assert run(retaining.DRY) == rows
    assert (Award.objects.count(), Tally.objects.count()) == (rows, 0)
    assert run() == rows
    assert (Award.objects.count(), totals([zoe])) == (0, before)
    did(zoe, subject=12)
    settle()
    assert totals([zoe]) == [after]
    assert run() == Award.objects.count() + 1 or not options


def test_what_is_told_is_the_same_before_and_after(api: APIClient, alice: Any):
    zoe, ann = people(2)
    skis = group()
    first = int(rule(api)["id"])
    rule(api, group=str(skis), delta=-2)
    did(zoe, zoe, ann)
    settle()
    told, given = telling.told(zoe), given_by(first, alice)
    assert run() == 6
    assert (telling.told(zoe), given_by(first, alice)) == (told, given)
    merge(ann, zoe, clock.now())
    assert [part.times for part in telling.told(ann)[0].parts] == [3]
    assert scores(skis) == {ann: -6}
    assert not broken()
    forget([ann], clock.now())
    assert not Tally.objects.exists()


def test_points_that_are_still_to_expire_stay(api: APIClient):
    [zoe] = people(1)
    rule(api, expire_days=1_000)
    rule(api, expire_days=100)
    did(zoe)
    settle()
    assert run() == 1
    assert (totals([zoe]), Award.objects.count()) == ([5], 1)


def test_what_is_older_is_judged_no_more(api: APIClient):
    [zoe] = people(1)
    rule(api, repeat="contact")
    [event] = did(zoe)
    settle()
    run()
    at = Event.objects.get(pk=event).occurred_at
    for verdict in (MACHINE, HUMAN):
        correct([(event, at)], verdict, ["test"], clock.now())
        settle()
        assert totals([zoe]) == [5]


def test_a_correction_replays_what_is_left_with_what_is_gone(api: APIClient):
    [zoe] = people(1)
    rule(api, most=10)
    did(zoe)
    settle()
    run()
    preferences.put(retention.SETTING, {growing_old.KEY: None})
    with time_machine.travel(clock.now() + LATER, tick=False):
        second, _third = did(zoe)[0], did(zoe)
        settle()
        assert totals([zoe]) == [10]
        at = Event.objects.get(pk=second).occurred_at
        correct([(second, at)], MACHINE, ["test"], clock.now())
        settle()
        assert totals([zoe]) == [10]
        assert [row.points for row in Award.objects.order_by("event_id")] == [5]
