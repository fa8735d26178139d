"""`create: true` makes the contact a report names; without it, and without the right, nobody."""

import pytest

from accounts.models import Role
from contacts.models import Contact
from kernel.models import Event
from tests.cast import client_of, make_user
from tests.journey import ok
from tests.settle import settle

pytestmark = pytest.mark.django_db
REPORT = "/api/v1/tracking/events"
WISHED = {"email": "Nora@Example.org", "type": "shop.wished", "create": True}


def fault(answer):
    assert answer.status_code == 400, answer.content
    [error] = answer.json()["errors"]
    return error["field"], error["code"]


def test_an_unknown_address_becomes_a_contact_once(api):
    body = ok(api.post(REPORT, [WISHED, {**WISHED, "email": "nora@example.org"}]))
    assert body == {"recorded": 2, "repeated": 0, "rejected": []}
    nora = Contact.objects.get()
    ok(api.post(REPORT, {**WISHED, "email": "nora@example.org"}), 201)
    kinds = Event.objects.filter(contact_id=nora.pk).count()
    assert (Contact.objects.count(), kinds) == (1, 4)  # three wishes and *created*


def test_a_contact_made_by_a_report_belongs_to_who_sees_only_their_own(api_dora, dora):
    ok(api_dora.post(REPORT, WISHED), 201)
    assert Contact.objects.get().owner_id == dora.pk


def test_nobody_is_made_unasked_without_the_right_or_of_a_broken_address(api):
    assert fault(api.post(REPORT, {**WISHED, "create": False})) == ("email", "unknown_contact")
    assert fault(api.post(REPORT, {**WISHED, "email": "a,b@c"})) == ("email", "invalid_email")
    rights = {"contacts": {"view": "all", "edit": "all"}}
    eve = client_of(make_user("Eve", Role.objects.create(name="Editor", rights=rights)))
    assert fault(eve.post(REPORT, WISHED)) == ("email", "unknown_contact")
    assert not Contact.objects.exists()
    assert not Event.objects.exists()


def test_times_no_business_remembers_are_refused(api):
    for at in ("0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"):
        assert fault(api.post(REPORT, {**WISHED, "occurred_at": at})) == ("occurred_at", "too_old")


def test_a_yes_in_the_data_is_found_by_a_filter(api):
    ok(api.post(REPORT, {**WISHED, "data": {"gift": True}}), 201)
    settle()
    for gift, number in ((True, 1), (False, 0)):
        tree = {"all": [{"event": "shop.wished", "where": {"gift": gift}}]}
        assert ok(api.post("/api/v1/segments/count", {"filter": tree}))["count"] == number
