"""Waits of months and years: the same day of the month, whatever becomes of the campaign."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.graph.durations import later
from campaigns.models import Step
from tests.journey import bring, graph, node, ok, people, points, run
from tests.settle import settle


@pytest.mark.parametrize(
    ("begin", "span", "end"),
    [
        ("2027-01-31T10:30", "1mo", "2027-02-28T10:30"),
        ("2028-01-31T10:30", "1mo", "2028-02-29T10:30"),
        ("2028-02-29T00:00", "1y", "2029-02-28T00:00"),
        ("2026-11-30T23:59", "3mo", "2027-02-28T23:59"),
        ("2026-12-01T00:00", "1mo", "2027-01-01T00:00"),
        ("2026-11-24T10:00", "120mo", "2036-11-24T10:00"),
        ("2026-11-24T10:00", "0mo", "2026-11-24T10:00"),
        ("2026-11-24T10:00", "2w", "2026-12-08T10:00"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(begin, span, end):
    instant = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    assert later(instant, span) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def waiting(span):
    return graph([node("rest", "wait", **{"for": span}), points("then")],
                 "start>rest", "rest>then")  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("span", ["121mo", "11y", "1mo2", "mo", "-1mo", "1.5y", "1000mo"])
def test_spans_that_are_none_are_refused(api, span):
    answer = api.post("/api/v1/campaigns", {"name": "J", "graph": waiting(span)})
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("graph.nodes.0.config.for", "invalid_duration")


@pytest.mark.django_db
def test_who_waits_goes_on_a_month_after_they_came_also_when_it_is_changed_meanwhile(api, shift):
    contacts = people(1)
    campaign = run(api, waiting("1y"))
    path = f"/api/v1/campaigns/{campaign}"
    titles = ok(api.get(f"{path}/draft"))["titles"]
    assert titles["rest"] == "1 year"
    bring(api, campaign, contacts)
    settle()
    arrived = Step.objects.get().arrived_at
    assert Step.objects.get().due_at == later(arrived, "1y")
    shift(timedelta(days=3))
    ok(api.patch(path, {"graph": waiting("2mo")}))
    ok(api.post(f"{path}/publish"))
    settle()
    assert Step.objects.get().due_at == later(arrived, "2mo")
