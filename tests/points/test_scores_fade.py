"""Scores fade without activity: a loss a period, once whatever runs twice, down to the floor."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.services.merge import merge
from kernel import clock, jobs
from kernel.contactdata import forget
from kernel.events import type_id
from kernel.invariants import broken
from kernel.models import Event, Job
from points.models import Idle, PointGroup
from points.services import fading
from points.services.adjust import adjust, give
from points.services.telling import told
from tests.journey import ok, people, totals
from tests.points.fading import fading_group, later, night, total_fades
from tests.points.rules import scores
from tests.settle import settle

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_who_does_nothing_loses_points_down_to_the_floor(
    api: APIClient, client: Client, alice: User
):
    zoe, ann = people(2)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=10, loss=4, floor=3)
        adjust([zoe, ann], 10, clock.now())
        settle()
        later(traveller, days=9)
        night()
        assert totals([zoe, ann]) == [10, 10]
        adjust([ann], 1, clock.now())
        later(traveller, days=1)
        night()
        night()
        assert totals([zoe, ann]) == [6, 11]
        later(traveller, days=50)
        night()
        assert totals([zoe, ann]) == [3, 3]
    events = Event.objects.filter(contact_id=zoe, type_id=type_id("points.adjusted"))
    told_of = [(e.data["delta"], e.data["points"]) for e in events.order_by("id") if e.data]
    assert told_of == [(10, 10), (-4, 6), (-3, 3)]
    assert [(part.name, part.points) for part in told(zoe)[0].parts] == [
        ("lost without activity", -7),
        ("everything else", 10),
    ]
    client.force_login(alice)
    lines = client.get(f"/contacts/{zoe}/timeline").content.decode()
    assert "by -4 to 6 · nothing happened for a while" in lines


def test_a_group_fades_by_its_own_settings_in_percent(api: APIClient):
    zoe, ann = people(2)
    skis = fading_group(api, days=2, loss=50, unit="percent")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        give({zoe: 9, ann: -4}, clock.now(), group=skis)
        adjust([zoe], 7, clock.now())
        later(traveller, days=6)
        night()
        assert (scores(skis), totals([zoe])) == ({zoe: 1, ann: -4}, [7])
        later(traveller, days=2)
        night()
        assert scores(skis)[zoe] == 0
    body = {"decay_unit": "percent", "decay_loss": 101}
    assert api.patch(f"/api/v1/point-groups/{skis}", body).status_code == 400


def test_time_begins_when_it_is_switched_on(api: APIClient):
    [zoe] = people(1)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        adjust([zoe], 10, clock.now())
        settle()
        later(traveller, days=100)
        total_fades(api, days=10, loss=4)
        night()
        assert totals([zoe]) == [10]
        later(traveller, days=5)
        total_fades(api, days=0)
        night()
        later(traveller, days=30)
        total_fades(api, days=10)
        night()
        assert totals([zoe]) == [10]
        later(traveller, days=10)
        night()
        assert totals([zoe]) == [6]


def test_whoever_dies_takes_nothing_twice(api: APIClient, monkeypatch: pytest.MonkeyPatch):
    everybody = people(7)
    monkeypatch.setattr("points.tasks.SLICE", 2)
    real, seen = fading.give, list[int]()

    def dies(deltas: Any, now: datetime, **more: Any) -> int:
        seen.append(len(deltas))
        done = real(deltas, now, **more)
        if len(seen) == 3:
            raise jobs.LeaseLost
        return done

    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=10, loss=4)
        adjust(everybody, 10, clock.now())
        settle()
        later(traveller, days=10)
        monkeypatch.setattr(fading, "give", dies)
        night()
        assert seen == [2, 2, 2]
        assert sorted(totals(everybody)) == [6, 6, 6, 6, 10, 10, 10]
        Job.objects.filter(state=Job.State.RUNNING).update(lease_until=clock.now() - DAY)
        night()
        assert totals(everybody) == [6] * 7


def test_who_is_withheld_loses_nothing_and_two_become_one(api: APIClient):
    zoe, ann, bob = people(3)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        total_fades(api, days=10, loss=4)
        adjust([zoe, ann, bob], 10, clock.now())
        settle()
        refuses = {"purpose": "profiling", "state": "refused"}
        ok(api.post(f"/api/v1/contacts/{zoe}/consents", refuses), 201)
        later(traveller, days=10)
        night()
        assert totals([zoe, ann]) == [10, 6]
        merge(ann, bob, clock.now())
        assert Idle.objects.get(contact_id=ann).lost == 8
        assert not broken()
        forget([ann], clock.now())
        assert not Idle.objects.filter(contact_id=ann).exists()


def test_the_settings_are_on_screen(client: Client, alice: User):
    client.force_login(alice)
    sent = {"name": "Skis", "decay_days": 30, "decay_loss": 10, "decay_unit": "percent"}
    assert client.post("/points/groups/new", {**sent, "decay_floor": 5}).status_code == 302
    [row] = PointGroup.objects.all()
    page = client.get(f"/points/groups/{row.pk}").content.decode()
    assert "10 % every 30 days without activity, never below 5" in page
    wrong = {**sent, "name": "Shoes", "decay_loss": 120, "decay_floor": 0}
    assert client.post("/points/groups/new", wrong).status_code == 422
    assert "Points without activity" in client.get("/settings/workspace").content.decode()
