"""Uniqueness declared for contacts that exist already: by field, by core kind, by region."""

import pytest

from contacts.models import Contact, Identifier
from contacts.services import fields
from contacts.services.upsert import upsert
from kernel import clock, preferences
from kernel.registry import ConfigProblem

pytestmark = pytest.mark.django_db


def make(**values):
    return fields.create({"type": "text", **values}, clock.now())


def people(*rows):
    return upsert(list(rows), mode="create", now=clock.now()).created


def test_a_field_becomes_unique_unless_values_are_shared():
    row = make(label="Number")
    ana, bo = people({"email": "a@x.example", "number": "AB1"}, {"number": "ab1"})
    with pytest.raises(ConfigProblem) as refused:
        fields.change(row, {"unique": True}, clock.now())
    assert refused.value.problems[0]["code"] == "duplicates"
    upsert([{"id": bo, "number": "B2"}], match="id", now=clock.now())
    row = fields.change(row, {"unique": True}, clock.now())
    assert set(Identifier.objects.filter(kind="number").values_list("value", "contact_id")) == {
        ("ab1", ana),
        ("b2", bo),
    }
    fields.change(row, {"unique": False}, clock.now())
    assert not Identifier.objects.filter(kind="number").exists()


def test_mobile_numbers_can_be_made_unique_and_read_for_a_country():
    people({"mobile": "06 12 34 56 78"}, {"mobile": "+33 6 12 34 56 79"})
    preferences.put("contacts.unique_kinds", ["email", "mobile"])
    preferences.put("contacts.phone_region", "FR")
    values = set(Identifier.objects.filter(kind="mobile").values_list("value", flat=True))
    assert values == {"+33612345678", "+33612345679"}
    people({"mobile": "0033612345678"})
    assert Contact.objects.count() == 2
    preferences.put("contacts.unique_kinds", ["email"])
    people({"mobile": "0612345678"})
    with pytest.raises(ValueError, match="shared"):
        preferences.put("contacts.unique_kinds", ["mobile"])
