"""However many rules and triggers there are, a turn of the dispatcher asks as often."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from kernel import clock
from kernel.dispatcher import Dispatcher
from kernel.events import type_id
from kernel.models import Event
from points.models import Firing, PointRule
from tests.journey import ok, people, totals
from tests.points.rules import did, rule, scores
from tests.points.rules import group as a_group
from tests.settle import settle

pytestmark = pytest.mark.django_db


def asked(*contacts: int) -> int:
    """Return how many statements of points a turn takes."""
    did(*contacts)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        Dispatcher().round(clock.now())
    told = [query["sql"] for query in queries.captured_queries]
    settle()
    return sum("point_award" in sql or "contact_state SET points" in sql for sql in told)


def told(contact: int) -> list[tuple[int, int]]:
    rows = Event.objects.filter(contact_id=contact, type_id=type_id("points.adjusted"))
    return [(row.data["delta"], row.data["points"]) for row in rows.order_by("id") if row.data]


def test_ten_rules_cost_as_many_statements_as_one(api: APIClient):
    everybody = people(3)
    rule(api, most_a_day=1_000)
    asked(*everybody)
    one = asked(*everybody)
    for delta in range(1, 10):
        rule(api, delta=delta, nth=2)
    asked(*everybody)
    assert asked(*everybody) == one
    assert totals(everybody) == [20 + sum(range(1, 10))] * 3


def test_each_event_tells_the_score_as_it_was_after_it(api: APIClient):
    zoe, ann = people(2)
    for delta in (5, -2, 10):
        rule(api, delta=delta)
    did(zoe)
    did(zoe, ann)
    settle()
    assert told(zoe) == [(10, 10), (-4, 6), (20, 26)]
    assert told(ann) == [(5, 5), (-2, 3), (10, 13)]


def test_one_that_fails_is_put_aside_and_nobody_gets_anything_twice(api: APIClient):
    [zoe] = people(1)
    skis = a_group()
    rule(api)
    bad = rule(api, delta=3)["id"]
    rule(api, group=str(skis), delta=7)
    PointRule.objects.filter(pk=bad).update(expire_days=5_000_000)
    did(zoe, zoe)
    settle()
    assert (totals([zoe]), scores(skis)) == ([10], {zoe: 14})
    assert [row.active for row in PointRule.objects.order_by("pk")] == [True, False, True]


def test_triggers_of_all_scores_fire_in_one_statement(api: APIClient):
    zoe, ann = people(2)
    skis = str(a_group())
    rule(api, delta=12)
    rule(api, delta=4, group=skis)

    def trigger(threshold: int, **more: Any) -> int:
        body = {"name": "Warm", "threshold": threshold, **more}
        return int(ok(api.post("/api/v1/point-triggers", body), 201)["id"])

    low, high = trigger(10), trigger(20)
    skiing, off = trigger(4, group=skis), trigger(1, active=False)
    did(zoe, ann)
    with CaptureQueriesContext(connection) as queries:
        settle()
    inserts = [q["sql"] for q in queries.captured_queries if "INSERT INTO point_firing" in q["sql"]]
    assert len(inserts) == 1
    did(zoe)
    settle()
    fired = set(Firing.objects.values_list("trigger_id", "contact_id"))
    assert fired == {(low, zoe), (low, ann), (skiing, zoe), (skiing, ann), (high, zoe)}
    assert off not in {number for number, _contact in fired}
