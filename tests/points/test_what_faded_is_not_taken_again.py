"""Points that were lost by fading are not taken once more, and no others are spared."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from contacts.services.merge import merge
from kernel import clock
from kernel.contactdata import contact_data
from kernel.models import Event
from points.models import Idle
from points.services.adjust import adjust, give
from points.services.telling import told
from tests.journey import people, totals
from tests.points.fading import fading_group, later, night, total_fades
from tests.points.rules import did, rule
from tests.settle import settle
from tracking.services.corrections import correct

pytestmark = pytest.mark.django_db
HUMAN, MACHINE = 1, 3
SHOP, STAND = {"where": {"shop": "Nice"}}, {"where": {"shop": "Lyon"}}


def judged(event: int, verdict: int) -> None:
    at = Event.objects.get(pk=event).occurred_at
    correct([(event, at)], verdict, ["test"], clock.now())
    settle()


def parts(contact: int) -> list[tuple[str, int]]:
    return [(part.name, part.points) for part in told(contact)[0].parts]


def test_what_did_not_fade_is_taken_back_below_the_floor_too(api: APIClient):
    zoe, ann = people(2)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=30, loss=4, floor=100)
        rule(api, delta=10, expire_days=5)
        adjust([ann], -20, clock.now())
        [event] = did(zoe)
        did(ann)
        settle()
        for verdict, points in ((MACHINE, 0), (HUMAN, 10), (MACHINE, 0), (HUMAN, 10)):
            judged(event, verdict)
            assert totals([zoe]) == [points]
        later(traveller, days=6)
        settle()
        assert totals([zoe, ann]) == [0, -20]
        assert parts(zoe) == [("Visited the shop", 0)]


def test_what_faded_and_expires_takes_nothing_of_another_source(api: APIClient):
    [zoe] = people(1)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=30, loss=10)
        rule(api, delta=10, expire_days=90, **SHOP)
        rule(api, delta=10, name="Came to the stand", **STAND)
        did(zoe, shop="Nice")
        settle()
        later(traveller, days=30)
        night()
        assert totals([zoe]) == [0]
        assert parts(zoe) == [("Visited the shop", 10), ("lost without activity", -10)]
        later(traveller, days=50)
        did(zoe, shop="Lyon")
        settle()
        later(traveller, days=11)
        settle()
        assert totals([zoe]) == [10]
        assert parts(zoe) == [("Came to the stand", 10), ("Visited the shop", 0)]


def test_each_lost_point_spares_one(api: APIClient):
    [zoe] = people(1)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=10, loss=4)
        rule(api, delta=10, expire_days=15)
        rule(api, delta=5, expire_days=16)
        did(zoe)
        settle()
        later(traveller, days=10)
        night()
        total_fades(api, days=0)
        later(traveller, days=5, hours=1)
        settle()
        assert totals([zoe]) == [5]
        later(traveller, days=1)
        settle()
        assert totals([zoe]) == [0]
        assert {points for _name, points in parts(zoe)} == {0}


def test_two_who_become_one_have_lost_both(api: APIClient):
    zoe, ann = people(2)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=10, loss=4)
        rule(api, delta=10, expire_days=15)
        did(zoe, ann)
        settle()
        later(traveller, days=10)
        night()
        merge(zoe, ann, clock.now())
        assert totals([zoe]) == [12]
        later(traveller, days=6)
        settle()
        assert totals([zoe]) == [0]
        assert list(Idle.objects.values_list("lost", "settled")) == [(8, 8)]


def test_what_was_lost_is_handed_out_by_the_name_of_its_group(api: APIClient):
    [zoe] = people(1)
    skis = fading_group(api, days=10, loss=10)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        give({zoe: 10}, clock.now(), group=skis)
        later(traveller, days=10)
        night()
    data: Any = contact_data.get("points.scores")
    assert data().export(zoe)["points_lost_by_inactivity"] == [{"group": "Skis", "points": 10}]


def test_other_settings_are_not_applied_to_the_past(api: APIClient):
    zoe, ann = people(2)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=365, loss=1, floor=50)
        adjust([zoe], 100, clock.now())
        adjust([ann], 40, clock.now())
        night()
        later(traveller, days=300)
        night()
        total_fades(api, days=1, floor=0)
        night()
        assert totals([zoe, ann]) == [100, 40]
        later(traveller, days=2)
        night()
        assert totals([zoe, ann]) == [98, 38]


def test_a_floor_that_sinks_takes_nothing_for_the_past(api: APIClient):
    [zoe] = people(1)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=10, loss=1, floor=50)
        adjust([zoe], 40, clock.now())
        night()
        later(traveller, days=300)
        total_fades(api, floor=0)
        night()
        assert totals([zoe]) == [40]


def test_missed_nights_are_one_loss_in_the_history(api: APIClient):
    [zoe] = people(1)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=10, loss=10, unit="percent", floor=5)
        adjust([zoe], 100, clock.now())
        later(traveller, days=35)
        night()
        assert totals([zoe]) == [72]
        since = Idle.objects.get().since
        assert since == clock.now() - timedelta(days=5)
        later(traveller, days=3_000)
        night()
        assert totals([zoe]) == [5]
    losses = Event.objects.filter(contact_id=zoe, data__reason="decayed").order_by("id")
    assert [e.data["delta"] for e in losses if e.data] == [-28, -67]
