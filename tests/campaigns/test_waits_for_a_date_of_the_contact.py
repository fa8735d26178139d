"""A date of the contact begins at midnight in the workspace's zone, and so do days around it."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.graph.plan import Node
from campaigns.services.waiting import moments
from kernel import clock, preferences
from tests.journey import bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db


def make_fields(api):
    for alias, kind in (("renewal", "date"), ("call_at", "datetime")):
        body = {"object": "contact", "label": alias, "alias": alias, "type": kind}
        ok(api.post("/api/v1/fields", body), 201)


@pytest.mark.parametrize(
    ("field", "value", "offset", "expected"),
    [
        ("renewal", "2026-11-30", "0s", "2026-11-30T00:00+01:00"),
        ("renewal", "2026-11-30", "-3d", "2026-11-27T00:00+01:00"),
        # Over both days on which clocks change it is midnight all the same.
        ("renewal", "2026-03-30", "-2d", "2026-03-28T00:00+01:00"),
        ("renewal", "2026-10-24", "2d", "2026-10-26T00:00+01:00"),
        ("renewal", "2026-10-24", "1w", "2026-10-31T00:00+01:00"),
        # Hours are hours.
        ("renewal", "2026-03-29", "3h", "2026-03-29T04:00+02:00"),
        ("renewal", "2026-10-25", "3h", "2026-10-25T02:00+01:00"),
        ("renewal", "2028-02-29", "-1d", "2028-02-28T00:00+01:00"),
        ("renewal", "2028-02-29", "1d", "2028-03-01T00:00+01:00"),
        ("renewal", "2027-02-28", "1d", "2027-03-01T00:00+01:00"),
        ("call_at", "2026-03-29T00:30:00Z", "1h", "2026-03-29T03:30+02:00"),
        ("call_at", "2026-10-25T00:30:00Z", "1d", "2026-10-26T01:30+01:00"),
    ],
)
def test_the_moment_is_that_of_the_calendar(api, field, value, offset, expected):
    make_fields(api)
    preferences.put("workspace.timezone", "Europe/Paris")
    [zoe] = people(1)
    ok(api.patch(f"/api/v1/contacts/{zoe}", {field: value}))
    wait = Node(1, "rest", "wait", "", {"until": {"field": field, "offset": offset}})
    found = moments(wait, [zoe], datetime(2026, 1, 1, tzinfo=UTC))
    assert found == {zoe: datetime.fromisoformat(expected)}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", "2028-02-26T00:00-05:00"),
        ("Asia/Kolkata", "2028-02-26T00:00+05:30"),
        ("Pacific/Kiritimati", "2028-02-26T00:00+14:00"),
        ("UTC", "2028-02-26T00:00+00:00"),
    ],
)
@pytest.mark.parametrize("own", ["Pacific/Kiritimati", None])
def test_a_date_begins_in_the_workspace_wherever_the_contact_is(api, zone, expected, own):
    make_fields(api)
    preferences.put("workspace.timezone", zone)
    [zoe] = people(1)
    ok(api.patch(f"/api/v1/contacts/{zoe}", {"renewal": "2028-02-29", "timezone": own}))
    wait = Node(1, "rest", "wait", "", {"until": {"field": "renewal", "offset": "-3d"}})
    found = moments(wait, [zoe], datetime(2028, 1, 1, tzinfo=UTC))
    assert found == {zoe: datetime.fromisoformat(expected)}


def test_a_moved_date_is_followed_and_an_emptied_one_lets_go(api, shift):
    make_fields(api)
    zoe, max_ = people(2)
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    for contact in (zoe, max_):
        ok(api.patch(f"/api/v1/contacts/{contact}", {"renewal": day}))
    drawing = graph([node("rest", "wait", until={"field": "renewal"}), points("then")],
                    "start>rest", "rest>then")  # fmt: skip
    campaign = run(api, drawing)
    bring(api, campaign, [zoe, max_])
    settle()
    assert figures(api, campaign)["rest"] == {"waiting": 2}
    later = (clock.now() + timedelta(days=9)).date().isoformat()
    ok(api.patch(f"/api/v1/contacts/{zoe}", {"renewal": later}))
    ok(api.patch(f"/api/v1/contacts/{max_}", {"renewal": None}))
    shift(timedelta(days=6))
    settle()
    assert totals([zoe, max_]) == [0, 1]
    shift(timedelta(days=4))
    settle()
    assert totals([zoe, max_]) == [1, 1]
