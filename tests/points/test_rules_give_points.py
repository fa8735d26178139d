"""Rules give points for what people do: every option by itself, and whom they leave out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from contacts.services.merge import merge
from kernel import clock
from kernel.contactdata import forget
from kernel.invariants import broken
from kernel.models import Event, ParkedChange
from points.models import Award, PointRule
from points.services import adjust
from segments.models import Segment
from tests.api_contract import ApiContract, Body
from tests.journey import VISITED, ok, people, totals
from tests.points.rules import did, group, refused, rule, scores
from tests.settle import settle
from tracking.services.corrections import correct

pytestmark = pytest.mark.django_db
HUMAN, MACHINE = 1, 3


class TestOverRest(ApiContract):
    path = "/api/v1/point-rules"

    def body(self, number: int) -> Body:
        return {"name": f"Rule {number}", "event": VISITED, "delta": number + 1}


@pytest.fixture
def noon() -> Iterator[None]:
    """What is done within a day does not cross midnight."""
    moment = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(moment):
        yield


def after(api, times: int, *, subjects=(None,), day: int = 0, **options) -> int:
    """Return what somebody has who did it so often, one by one."""
    [zoe] = people(1)
    rule(api, **options)
    for number in range(times):
        at = clock.now() - timedelta(days=day * number)
        did(zoe, at=at, subject=subjects[number % len(subjects)])
        settle()
    return totals([zoe])[0]


@pytest.mark.parametrize(
    ("options", "times", "points"),
    [
        ({}, 3, 15),
        ({"delta": -5}, 3, -15),
        ({"repeat": "contact"}, 3, 5),
        ({"repeat": "subject"}, 5, 15),
        ({"nth": 3}, 2, 0),
        ({"nth": 3}, 4, 10),
        ({"nth": 2, "repeat": "contact"}, 4, 5),
        ({"most": 12}, 5, 10),
        ({"most": 5, "delta": -5}, 5, -5),
        ({"most_a_day": 10}, 5, 10),
        ({"most_a_day": 10, "most": 5}, 5, 5),
        ({"active": False}, 3, 0),
        ({"active_from": "2099-01-01T00:00:00Z"}, 3, 0),
        ({"active_until": "2001-01-01T00:00:00Z"}, 3, 0),
        ({"active_from": "2001-01-01T00:00:00Z", "active_until": "2099-01-01T00:00:00Z"}, 3, 15),
    ],
)
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.usefixtures("noon")
def test_every_option_counts_the_same_one_by_one_and_at_once(api, options, times, points, at_once):
    [zoe] = people(1)
    rule(api, **options)
    for number in range(times):
        did(zoe, subject=(11, 12, 13)[number % 3])
        if not at_once:
            settle()
    settle()
    assert totals([zoe]) == [points]


@pytest.mark.usefixtures("noon")
def test_a_cap_of_the_day_begins_anew_at_midnight(api):
    assert after(api, 6, day=1, most_a_day=5) == 30


def test_a_whole_batch_is_scored_each_by_their_own_past(api):
    everybody = people(30)
    rule(api, repeat="contact")
    did(*everybody[:10])
    settle()
    did(*everybody, *everybody)
    settle()
    assert totals(everybody) == [5] * 30


def test_conditions_and_the_filter_say_what_counts_and_for_whom(api):
    french = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    de, fr = people(2)
    where = {"shop": {"op": "starts_with", "value": "Ni"}, "size": {"op": "gte", "value": 3}}
    rule(api, where=where, filter=french)
    for contact in (de, fr):
        did(contact, shop="Nice", size=3)
        did(contact, shop="Lyon", size=9)
        did(contact, shop="Nice", size=2)
    settle()
    assert totals([de, fr]) == [0, 5]


def test_points_of_a_group_stand_in_the_group_alone(api):
    [zoe] = people(1)
    skis = group()
    rule(api, group=str(skis))
    did(zoe)
    settle()
    assert (totals([zoe]), scores(skis)) == ([0], {zoe: 5})
    assert api.delete(f"/api/v1/point-groups/{skis}").status_code == 409


def test_machines_the_restricted_and_who_objects_to_profiling_score_nothing(api):
    zoe, ann, kim = people(3)
    ok(
        api.post(f"/api/v1/contacts/{ann}/consents", {"purpose": "profiling", "state": "refused"}),
        201,
    )
    rule(api)
    did(zoe, verdict=MACHINE)
    did(ann)
    did(kim, verdict=2)
    settle()
    assert totals([zoe, ann, kim]) == [0, 0, 5]


def correct_to(event: int, verdict: int) -> None:
    at = Event.objects.filter(pk=event).values_list("occurred_at", flat=True).get()
    correct([(event, at)], verdict, ["test"], clock.now())
    settle()


@pytest.mark.parametrize(
    ("options", "before", "after"),
    [
        ({}, 15, 10),
        ({"repeat": "contact"}, 5, 5),
        ({"repeat": "contact", "nth": 3}, 5, 0),
        ({"nth": 2}, 10, 5),
        ({"most": 10}, 10, 10),
    ],
)
def test_a_verdict_that_changes_later_is_made_good_both_ways(api, options, before, after):
    [zoe] = people(1)
    rule(api, **options)
    first, *_rest = [did(zoe)[0] for _time in range(3)]
    settle()
    assert totals([zoe]) == [before]
    for _twice in range(2):
        correct_to(first, MACHINE)
        assert totals([zoe]) == [after]
        correct_to(first, HUMAN)
        assert totals([zoe]) == [before]


@pytest.mark.parametrize("key", ["points.adjusted", "points.triggered"])
def test_a_rule_is_not_about_what_points_bring_about(api, key):
    assert refused(api, event=key) == [("event", "feeds_itself")]
    made = rule(api)
    answer = api.patch(f"/api/v1/point-rules/{made['id']}", {"event": key})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "feeds_itself")


def test_a_rule_on_points_of_before_goes_on_until_it_is_switched_off(api):
    old = PointRule.objects.create(name="Old", event="points.adjusted", delta=1)
    path = f"/api/v1/point-rules/{old.pk}"
    ok(api.patch(path, {"name": "Older", "delta": 2}))
    ok(api.patch(path, {"active": False}))
    answer = api.patch(path, {"active": True})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "feeds_itself")


def test_rules_on_points_of_before_do_not_feed_themselves_and_two_do_not_run_away(api):
    [zoe] = people(1)
    PointRule.objects.create(name="Old", event="points.adjusted", delta=1)
    rule(api)
    did(zoe)
    settle()
    assert totals([zoe]) == [6]
    PointRule.objects.create(name="Older", event="points.adjusted", delta=1)
    did(zoe)
    settle()
    assert totals([zoe])[0] < 100
    assert not ParkedChange.objects.exists()


def test_points_expire_once_and_say_why(api):
    [zoe] = people(1)
    made = rule(api, expire_days=30)
    did(zoe)
    settle()
    assert totals([zoe]) == [5]
    later = clock.now() + timedelta(days=30, seconds=5)
    settle(later)
    settle(later)
    assert totals([zoe]) == [0]
    [last, _first] = ok(api.get("/api/v1/events", {"contact": zoe, "type": "points.adjusted"}))[
        "results"
    ]
    assert last["data"]["delta"] == -5
    assert (last["data"]["rule"], last["data"]["reason"]) == (made["id"], "expired")


def test_what_expired_is_not_taken_back_twice_when_it_was_a_machine(api):
    [zoe] = people(1)
    rule(api, expire_days=30)
    [event] = did(zoe)
    settle()
    settle(clock.now() + timedelta(days=31))
    correct_to(event, MACHINE)
    assert totals([zoe]) == [0]


def test_of_two_who_are_one_the_journal_goes_on(api):
    zoe, ann = people(2)
    rule(api, repeat="contact")
    did(zoe, ann)
    settle()
    merge(zoe, ann, clock.now())
    settle()
    did(zoe)
    settle()
    assert totals([zoe]) == [10]
    assert set(Award.objects.values_list("contact_id", flat=True)) == {zoe}
    forget([zoe], clock.now())
    assert not Award.objects.exists()
    assert broken(lambda name: name.startswith("points.")) == []


def test_a_segment_by_points_follows(api):
    [zoe] = people(1)
    tree = {"all": [{"field": "points", "op": "gte", "value": 10}]}
    made = ok(api.post("/api/v1/segments", {"name": "Warm", "filter": tree}), 201)
    rule(api)
    for _time in range(2):
        did(zoe)
        settle()
    assert Segment.objects.get(pk=made["id"]).count_now() == 1


def test_who_objects_to_profiling_is_in_no_segment_by_a_score(api):
    zoe, ann = people(2)
    refuses = {"purpose": "profiling", "state": "refused"}
    ok(api.post(f"/api/v1/contacts/{ann}/consents", refuses), 201)
    skis = group()
    tree = {"all": [{"field": f"points.{skis}", "op": "gte", "value": 10}]}
    made = ok(api.post("/api/v1/segments", {"name": "Skiers", "filter": tree}), 201)
    adjust.give({zoe: 20, ann: 20}, clock.now(), group=skis)
    settle()
    assert Segment.objects.get(pk=made["id"]).count_now() == 1


def test_a_rule_that_fails_is_put_aside_and_others_go_on(api):
    [zoe] = people(1)
    bad = rule(api, delta=7)["id"]
    rule(api)
    # What no form lets pass: a moment beyond the end of time.
    PointRule.objects.filter(pk=bad).update(expire_days=5_000_000)
    did(zoe)
    settle()
    did(zoe)
    settle()
    assert totals([zoe]) == [10]
    assert not ParkedChange.objects.exists()
    aside = PointRule.objects.get(pk=bad)
    assert (aside.active, "OverflowError" in aside.problem) == (False, True)
    ok(api.patch(f"/api/v1/point-rules/{bad}", {"expire_days": None, "active": True}))
    did(zoe)
    settle()
    assert totals([zoe]) == [22]
    assert not PointRule.objects.get(pk=bad).problem


def test_sums_beyond_what_a_score_holds_stop_at_its_end(api):
    [zoe] = people(1)
    skis = group()
    for number in (None, skis):
        adjust.give({zoe: 3_000_000_000}, clock.now(), group=number)
    assert (totals([zoe]), scores(skis)) == ([2_147_483_647], {zoe: 2_147_483_647})


def test_what_was_given_counts_as_much_as_it_was_when_it_is_judged_anew(api):
    [zoe] = people(1)
    made = rule(api, most=10)
    first, *_rest = [did(zoe)[0] for _time in range(4)]
    settle()
    assert totals([zoe]) == [10]
    ok(api.patch(f"/api/v1/point-rules/{made['id']}", {"delta": 3}))
    correct_to(first, MACHINE)
    assert totals([zoe]) == [8]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"delta": 0}, ("delta", "zero")),
        ({"event": "emails.nonsense"}, ("event", "unknown_event")),
        ({"event": "events.corrected"}, ("event", "unknown_event")),
        ({"event": "emails.opened", "where": {"shop": "x"}}, ("where.shop", "unknown_field")),
        ({"event": "emails.opened", "where": {"email": 9_999}}, ("where.email", "not_found")),
        ({"where": {"a": {"op": "matches", "value": "(a+)+"}}}, ("where", "invalid_operator")),
        ({"where": []}, ("where", "invalid")),
        ({"filter": {"all": []}}, ("filter.all", "empty_group")),
        ({"most": 4}, ("most", "invalid")),
        ({"nth": 0}, ("nth", "min_value")),
        ({"repeat": "never"}, ("repeat", "invalid_choice")),
        ({"group": "999999"}, ("group", "not_found")),
        ({"expire_days": 0}, ("expire_days", "min_value")),
        ({"expire_days": 3_651}, ("expire_days", "max_value")),
        ({"delta": 1_000_001}, ("delta", "max_value")),
        ({"delta": -1_000_001}, ("delta", "min_value")),
        (
            {"filter": {"all": [{"field": "email", "op": "matches", "value": "(a+)+"}]}},
            ("filter.all.0.op", "invalid_operator"),
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_where_it_stands(api, body, found):
    assert found in refused(api, **body)


def test_what_a_rule_names_is_kept(api):
    tag_segment = ok(api.post("/api/v1/segments", {"name": "Warm", "filter": None}), 201)["id"]
    rule(api, filter={"all": [{"segment": [int(tag_segment)], "op": "in"}]})
    assert api.delete(f"/api/v1/segments/{tag_segment}").status_code == 409
