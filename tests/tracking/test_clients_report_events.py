"""Systems report events by REST: each id once, faults told by place, nothing half-written."""

from datetime import timedelta

import pytest

from contacts.models import Contact, ContactState
from kernel import clock
from kernel.models import ContactActivity, Event
from tests.settle import settle

pytestmark = pytest.mark.django_db
REPORT = "/api/v1/tracking/events"
LOG = "/api/v1/events"


@pytest.fixture
def emile(alice):
    contact = Contact.objects.create(email="emile@example.org", owner=alice)
    ContactState.objects.create(contact=contact)
    return contact


def test_an_event_is_recorded_for_whoever_the_email_names(api, emile):
    at = clock.now() - timedelta(days=40)
    answer = api.post(
        REPORT,
        {
            "email": " Emile@Example.org",
            "type": "shop.wished",
            "data": {"product": "Sac à dos", "price": 12.50},
            "occurred_at": clock.iso(at),
        },
    )
    assert (answer.status_code, answer.json()) == (201, {"recorded": 1, "repeated": 0})
    [event] = api.get(LOG, {"contact": emile.pk, "type": "shop.wished"}).json()["results"]
    assert event["contact"] == str(emile.pk)
    assert event["occurred_at"] == clock.iso(at)
    assert event["data"] == {"product": "Sac à dos", "price": 12.5}
    assert event["subject"] is None
    settle()
    assert ContactActivity.objects.get(contact_id=emile.pk).count == 1
    assert ContactState.objects.get(contact=emile).last_active_at is not None


def test_the_same_id_is_recorded_once_within_and_across_calls(api, emile):
    event = {"id": "order-77", "contact": str(emile.pk), "type": "shop.wished"}
    body = api.post(REPORT, [event, event]).json()
    assert body == {"recorded": 1, "repeated": 1, "rejected": []}
    assert api.post(REPORT, event).json() == {"recorded": 0, "repeated": 1}
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("fault", "place", "code"),
    [
        ({"type": "contacts.created"}, "type", "reserved"),
        ({"type": "contacts.invented"}, "type", "reserved"),
        ({"type": "'; DROP TABLE event"}, "type", "invalid"),
        ({"email": "nobody@example.org"}, "email", "unknown_contact"),
        ({"occurred_at": "2026-11-22T10:00:00"}, "occurred_at", "invalid"),
        ({"occurred_at": "2999-11-22T10:00:00Z"}, "occurred_at", "future"),
        ({"data": {"note": "x" * 17_000}}, "data", "too_large"),
        ({"data": ["not", "an", "object"]}, "data", "not_a_dict"),
        ({"contact": 1}, "contact", "required"),
        ({"verdict": "human"}, "verdict", "unknown_field"),
        ({"type": "orders.placed", "data": {"order": "7"}}, "data.currency", "invalid"),
        (
            {"type": "orders.placed", "data": {"order": "7", "currency": "EUR", "amount": "NaN"}},
            "data.amount",
            "invalid",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_is_written(api, emile, fault, place, code):
    sound = {"email": "emile@example.org", "type": "shop.wished"}
    one = api.post(REPORT, {**sound, **fault})
    assert one.status_code == 400, one.content
    assert (one.json()["errors"][0]["field"], one.json()["errors"][0]["code"]) == (place, code)
    assert not Event.objects.exists()
    many = api.post(REPORT, [sound, {**sound, **fault}])
    assert many.status_code == 200
    assert many.json()["recorded"] == 1
    [rejected] = many.json()["rejected"]
    assert (rejected["index"], rejected["errors"][0]["field"]) == (1, place)


def test_an_order_keeps_its_exact_amount(api, emile):
    order = {"order": 1077, "amount": 12.50, "currency": "eur", "items": [{"sku": "A", "n": 2}]}
    event = {"contact": emile.pk, "type": "orders.placed", "data": order}
    assert api.post(REPORT, event).status_code == 201
    [found] = api.get(LOG, {"type": "orders.placed"}).json()["results"]
    assert found["data"]["amount"] == "12.5"
    assert (found["data"]["order"], found["data"]["currency"]) == ("1077", "EUR")


def test_nobody_reports_about_or_reads_someone_elses_contacts(api_dora, emile):
    event = {"contact": emile.pk, "type": "shop.wished"}
    assert api_dora.post(REPORT, event).json()["errors"][0]["code"] == "unknown_contact"
    assert api_dora.get(LOG, {"contact": emile.pk}).json()["results"] == []


def test_the_log_is_paged_newest_first_within_its_bounds(api, emile):
    now = clock.now()
    times = [now - timedelta(hours=hour) for hour in range(5)]
    api.post(
        REPORT,
        [{"contact": emile.pk, "type": "shop.wished", "occurred_at": clock.iso(t)} for t in times],
    )
    page = api.get(LOG, {"limit": 2}).json()
    seen = [row["occurred_at"] for row in page["results"]]
    rest = api.get(LOG, {"limit": 2, "cursor": page["next"]}).json()
    seen += [row["occurred_at"] for row in rest["results"]]
    assert seen == [clock.iso(t) for t in times[:4]]
    bounds = {"after": clock.iso(times[3]), "before": clock.iso(times[1])}
    inside = api.get(LOG, bounds).json()["results"]
    assert [row["occurred_at"] for row in inside] == [clock.iso(times[2]), clock.iso(times[3])]


def test_an_empty_list_and_what_is_no_object_are_told_as_such(api, emile):
    empty = api.post(REPORT, [])
    assert (empty.status_code, empty.json()["errors"][0]["code"]) == (400, "required")
    body = api.post(REPORT, [{"contact": emile.pk, "type": "shop.wished"}, "x"]).json()
    [fault] = body["rejected"]
    [error] = fault["errors"]
    assert (body["recorded"], fault["index"], error["field"]) == (1, 1, None)
