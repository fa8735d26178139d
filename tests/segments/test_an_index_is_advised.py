"""Counting a filter says which custom field deserves an index, and is silent once it has one."""

import pytest
from django.db import connection

from contacts.models import Contact, ContactState, Field
from segments.services import advising

pytestmark = pytest.mark.django_db
COUNT = "/api/v1/segments/count"
RARE = {"field": "customer", "op": "is", "value": "c7"}


@pytest.fixture(autouse=True)
def crowd(db, monkeypatch):
    """Let forty contacts be many."""
    monkeypatch.setattr(advising, "LEAST_CONTACTS", 20)
    for number in range(40):
        attrs = {"customer": f"c{number}", "club": "yes" if number % 2 else "no", "story": "x"}
        contact = Contact.objects.create(attrs=attrs)
        ContactState.objects.create(contact=contact)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contact")


@pytest.fixture
def fields(api):
    for alias, kind in (("customer", "text"), ("club", "text"), ("story", "long_text")):
        body = {"alias": alias, "label": alias.title(), "type": kind}
        assert api.post("/api/v1/fields", body).status_code == 201
    from tests.settle import settle

    settle()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contact")
    return {row.alias: row for row in Field.objects.all()}


def advice(api, tree):
    answer = api.post(COUNT, {"filter": tree})
    assert answer.status_code == 200, answer.json()
    return answer.json()["advice"]


def test_what_few_meet_deserves_an_index(api, fields):
    [one] = advice(api, {"all": [{"field": "club", "op": "is", "value": "yes"}, RARE]})
    assert (one["place"], one["code"]) == ("filter.all.1", "index")
    assert one["field"] == str(fields["customer"].pk)
    assert "0 of 10 are used" in one["message"]


def test_it_is_silent_once_the_field_has_one(api, fields):
    row = fields["customer"]
    assert api.patch(f"/api/v1/fields/{row.pk}", {"indexed": True}).status_code == 200
    assert advice(api, RARE) == []


@pytest.mark.parametrize(
    "tree",
    [
        {"any": [RARE, {"field": "club", "op": "is", "value": "no"}]},
        {"none": [RARE]},
        {**RARE, "op": "is_not"},
        {**RARE, "op": "contains"},
        {"field": "story", "op": "is", "value": "y"},
        {"field": "city", "op": "is", "value": "Nice"},
        {"field": "club", "op": "is", "value": "yes"},
    ],
)
def test_where_no_index_would_help_nothing_is_advised(api, fields, tree):
    assert advice(api, tree) == []


def test_few_contacts_need_none(api, fields, monkeypatch):
    monkeypatch.setattr(advising, "LEAST_CONTACTS", 10_000)
    assert advice(api, RARE) == []


def test_who_may_not_change_fields_is_not_bothered(api_bob, fields):
    assert advice(api_bob, RARE) == []
