"""Whatever is done, judged anew, or told late, scores are those that the log itself leads to."""

import random
from datetime import timedelta
from typing import Any

import pytest

from contacts.models import Contact, ContactState
from kernel import clock
from kernel.dispatcher import Dispatcher
from kernel.models import Event
from points.models import Award, PointRule, Score
from tests.journey import people
from tests.points.recomputing import recomputed
from tests.points.rules import did, group, rule
from tests.settle import settle
from tracking.services.corrections import correct

pytestmark = pytest.mark.django_db
STEPS = 40
SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 40))]
FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}


def draw(rng: random.Random, skis: int) -> dict[str, Any]:
    delta = rng.choice((-3, 1, 2, 5))
    options: dict[str, Any] = {"delta": delta, "repeat": rng.choice(PointRule.Repeat.values)}
    optional = {
        "nth": rng.choice((2, 3)),
        "most": abs(delta) * rng.choice((1, 3)),
        "most_a_day": abs(delta) * 2,
        "group": str(skis),
        "where": {"shop": "Nice"},
        "filter": FRENCH,
    }
    return options | {name: value for name, value in optional.items() if rng.random() < 0.3}


def stored() -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    totals = ContactState.objects.exclude(points=0).values_list("contact_id", "points")
    if totals:
        found[0] = dict(totals)
    for row in Score.objects.exclude(points=0):
        found.setdefault(row.group_id, {})[row.contact_id] = row.points
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_are_what_the_log_leads_to(api, seed):
    rng = random.Random(seed)
    everybody = people(6)
    countries = dict(Contact.objects.values_list("pk", "country"))
    skis = group()
    for _number in range(4):
        rule(api, **draw(rng, skis))
    for _step in range(STEPS):
        happen(rng, everybody)
        if rng.random() < 0.5:
            Dispatcher().round(clock.now())
    settle()
    rules = list(PointRule.objects.order_by("pk"))
    assert stored() == recomputed(rules, countries)
    journal = Award.objects.exclude(points=0)
    assert sum(row.points for row in journal) == sum(
        points for scores in stored().values() for points in scores.values()
    )


def happen(rng: random.Random, everybody: list[int]) -> None:
    if rng.random() < 0.75:
        at = clock.now() - timedelta(days=rng.choice((0, 0, 0, 1, 2)))
        people_now = rng.choices(everybody, k=rng.choice((1, 1, 4)))
        did(
            *people_now,
            at=at,
            subject=rng.choice((None, 11, 12)),
            verdict=rng.choice((None, 1, 2, 3)),
            shop=rng.choice(("Nice", "Lyon")),
        )
        return
    rows = list(Event.objects.filter(subject_id__in=(11, 12), data__has_key="shop"))
    if rows:
        row = rng.choice(rows)
        verdict = rng.choice((1, 3))
        correct([(row.pk, row.occurred_at)], verdict, ["test"], clock.now())
