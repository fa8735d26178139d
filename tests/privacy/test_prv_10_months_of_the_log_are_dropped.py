"""PRV-10: old months of the log go as whole tables, unless a segment still looks back at them."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from kernel import clock, events, preferences, retention
from kernel.events import Fact
from segments.models import Segment
from tests.contacts.merging import people, rows
from tests.privacy.test_prv_10_what_is_old_goes import result, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=400)


def viewed(contact: int, ago: timedelta) -> None:
    now = clock.now()
    data = {"path": "/", "host": "shop.example"}
    events.record("pages.viewed", [Fact(contact, now - ago, data=data)], now=now)


def months() -> int:
    return rows("SELECT count(*) FROM pg_class WHERE relname ~ '^event_web_[0-9]{4}_[0-9]{2}$'")[0][
        0
    ]


def keep(days: int | None) -> None:
    preferences.put(retention.SETTING, {"events.web": days})


@pytest.fixture
def ana() -> int:
    (ana,) = people({"email": "ana@x.example"})
    for ago in (YEAR, YEAR, timedelta(days=1)):
        viewed(ana, ago)
    settle()
    return ana


def test_prv_10_months_go_and_what_ever_happened_is_still_known(ana: int):
    before = months()
    keep(90)
    run("kernel.retain_dry")
    assert (result("events.web", dry=True), months()) == (2, before)
    run()
    assert result("events.web") == 2
    left = months()
    assert left < before
    assert rows(
        "SELECT count(*) FROM event e JOIN event_type t ON t.id = e.type_id"
        " WHERE t.key = 'pages.viewed'"
    ) == [(1,)]
    assert rows(
        "SELECT a.count FROM contact_activity a JOIN event_type t ON t.id = a.type_id"
        " WHERE t.key = 'pages.viewed' AND contact_id = %s",
        ana,
    ) == [(3,)]
    # What is reported late finds its month made anew.
    viewed(ana, YEAR)
    assert months() == left + 1


def test_prv_10_what_a_segment_looks_back_at_stays(ana: int, api: APIClient):
    tree = {"event": "pages.viewed", "count": {"op": "gte", "value": 2}, "within": "500d"}
    now = clock.now()
    Segment.objects.create(name="Loyal", filter={"all": [tree]}, created_at=now, updated_at=now)
    body = {"privacy.retention": {"events.web": 90}}
    answer = api.patch("/api/v1/preferences", body, format="json")
    assert answer.status_code == 400
    assert "Loyal" in answer.content.decode()
    # The segment may come after the choice.
    Segment.objects.all().delete()
    keep(90)
    Segment.objects.create(name="Loyal", filter={"all": [tree]}, created_at=now, updated_at=now)
    before = months()
    run()
    assert (result("events.web"), months()) == (0, before)
