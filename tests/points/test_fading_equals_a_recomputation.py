"""Whatever night dies, scores that fade are those that the log and the settings lead to."""

import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from kernel import clock, jobs
from kernel.models import Event, Job
from points.models import Idle
from points.services import fading
from tests.journey import people, totals
from tests.points.fading import fading_group, later, night, total_fades
from tests.points.recomputing import Faded
from tests.points.rules import did, rule, scores
from tests.settle import settle
from tracking.services.corrections import correct

pytestmark = pytest.mark.django_db
STEPS = 30
SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 12))]
HUMAN, MACHINE = 1, 3
RULES: list[dict[str, Any]] = [
    {"delta": 5, "expire_days": 13},
    {"delta": 7, "where": {"shop": "Nice"}},
    {"delta": -2, "where": {"shop": "Lyon"}, "expire_days": 9},
]


class Nights:
    """Nights that may die once, after the work of any slice, and are taken up again."""

    def __init__(self, rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.deaths, self.may_die = 0, False
        real = fading.give

        def give(*args: Any, **more: Any) -> int:
            done = real(*args, **more)
            if self.may_die and rng.random() < 0.4:
                self.deaths, self.may_die = self.deaths + 1, False
                raise jobs.LeaseLost
            return done

        monkeypatch.setattr(fading, "give", give)
        monkeypatch.setattr("points.tasks.SLICE", 2)

    def pass_one(self) -> None:
        self.may_die = True
        night()
        self.may_die = False
        dead = Job.objects.filter(kind="points.fade", state=Job.State.RUNNING)
        dead.update(lease_until=clock.now() - timedelta(days=1))
        settle()
        assert not dead.exists()


class World:
    """What happens in turn, to the product and to the recomputation alike."""

    def __init__(self, api: APIClient, rng: random.Random, nights: Nights) -> None:
        self.api, self.rng, self.nights = api, rng, nights
        self.everybody = people(5)
        total_fades(api, days=6, loss=30, unit="percent", floor=3)
        self.skis = fading_group(api, days=4, loss=3)
        for more in RULES:
            rule(api, **more)
        rule(api, delta=4, group=str(self.skis), where={"shop": "Nice"}, expire_days=11)
        self.total = Faded(6, 30, 3, percent=True)
        self.group = Faded(4, 3, 0, percent=False)
        self.shops: dict[int, tuple[int, str, int]] = {}

    def step(self) -> None:
        settle()
        for score in (self.total, self.group):
            score.expire(clock.now())
        drawn = self.rng.random()
        if drawn < 0.45:
            self.sleep()
        elif drawn < 0.55:
            self.total.days, self.total.floor = self.rng.choice((1, 6, 9)), self.rng.choice((0, 8))
            total_fades(self.api, days=self.total.days, floor=self.total.floor)
        elif drawn < 0.7 and self.shops:
            self.judge(self.rng.choice(sorted(self.shops)))
        else:
            shop, who = self.rng.choice(("Nice", "Lyon")), self.rng.choice(self.everybody)
            [event] = did(who, shop=shop, verdict=HUMAN)
            settle()
            self.note(event, who, shop)

    def sleep(self) -> None:
        for _time in range(self.rng.choice((1, 1, 2))):
            self.nights.pass_one()
        for score in (self.total, self.group):
            score.night(clock.now())

    def judge(self, event: int) -> None:
        who, shop, was = self.shops[event]
        verdict = MACHINE if was == HUMAN else HUMAN
        at = Event.objects.get(pk=event).occurred_at
        correct([(event, at)], verdict, ["test"], clock.now())
        settle()
        if verdict == HUMAN:
            self.note(event, who, shop)
            return
        self.shops[event] = (who, shop, MACHINE)
        for score in (self.total, self.group):
            score.strike(event)

    def note(self, event: int, who: int, shop: str) -> None:
        self.shops[event] = (who, shop, HUMAN)
        for score, gifts in given(self.total, self.group, shop):
            score.give(event, who, gifts, clock.now())


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_are_what_the_log_and_the_nights_lead_to(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, seed: int
):
    rng = random.Random(seed)
    nights = Nights(rng, monkeypatch)
    world = World(api, rng, nights)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _step in range(STEPS):
            later(traveller, hours=rng.choice((1, 20, 30, 70, 200)))
            world.step()
        assert totals(world.everybody) == [world.total.points[who] for who in world.everybody]
        meant = {who: points for who, points in world.group.points.items() if points}
        assert {who: points for who, points in scores(world.skis).items() if points} == meant
    for number, score in ((0, world.total), (world.skis, world.group)):
        for row in Idle.objects.filter(group_id=number):
            who = row.contact_id
            assert (row.lost, row.settled) == (score.lost[who], score.settled[who])
    assert nights.deaths


def given(
    total: Faded, group: Faded, shop: str
) -> list[tuple[Faded, list[tuple[int, int | None]]]]:
    """Return what an event in a shop gives, by score: points, and after how many days they go."""
    if shop == "Nice":
        return [(total, [(5, 13), (7, None)]), (group, [(4, 11)])]
    return [(total, [(5, 13), (-2, 9)])]
