"""The set-based writer: created, updated, unchanged, refused, and what is announced."""

from decimal import Decimal

import pytest
from django.db import connection

from contacts.models import Company, Contact, ContactState, Field, Identifier
from contacts.services.upsert import upsert
from kernel import clock, preferences

pytestmark = pytest.mark.django_db
NOW = clock.now()


def write(*rows, **more):
    return upsert(list(rows), now=clock.now(), **more)


def changes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_ids, reads FROM change ORDER BY id")
        return [(ids, set(reads)) for ids, reads in cursor.fetchall()]


def test_new_rows_become_contacts_with_state_and_identifier():
    result = write({"email": "Ana@x.example", "city": "Lyon"}, {"email": "bo@x.example"})
    assert result.outcomes == ["created", "created"]
    assert result.ids == result.created == sorted(result.created)
    ana = Contact.objects.get(pk=result.ids[0])
    assert (ana.email, ana.city, ana.version, ana.attrs) == ("Ana@x.example", "Lyon", 1, {})
    assert ContactState.objects.filter(pk=ana.pk, points=0).exists()
    assert Identifier.objects.filter(kind="email", value="ana@x.example", contact=ana).exists()
    assert ([ana.pk], {"event:contacts.created", "field:city", "field:email"}) in changes()


def test_only_what_differs_is_written_and_announced():
    write({"email": "ana@x.example", "city": "Lyon", "country": "FR"})
    before = Contact.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM change")
    assert write({"email": "ana@x.example", "city": "Lyon"}).outcomes == ["unchanged"]
    unchanged = Contact.objects.get()
    assert (unchanged.updated_at, unchanged.version) == (before.updated_at, before.version)
    assert changes() == []
    assert write({"email": "ANA@x.example", "city": "Nice"}).outcomes == ["updated"]
    after = Contact.objects.get()
    assert after.updated_at > before.updated_at
    assert (after.version, after.country, after.email) == (2, "FR", "ana@x.example")
    assert changes() == [([after.pk], {"event:contacts.updated", "field:city"})]


def test_none_clears_and_what_is_not_named_stays():
    write({"email": "ana@x.example", "city": "Lyon", "first_name": "Ana", "company": "Acme"})
    write({"email": "ana@x.example", "city": None, "company": None})
    ana = Contact.objects.get()
    assert (ana.city, ana.first_name, ana.company_id) == (None, "Ana", None)


def test_custom_values_are_kept_exactly_and_defaults_fill_in():
    for alias, kind in (("spent", "number"), ("plan", "select"), ("langs", "multiselect")):
        Field.objects.create(alias=alias, type=kind, label=alias, decimals=6)
    Field.objects.filter(alias="plan").update(default="free", version=2)
    spent = Decimal("123456789012345678.123456")
    result = write({"email": "ana@x.example", "spent": spent, "langs": ["fr", "en"]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT attrs ->> 'spent', attrs ->> 'plan', attrs -> 'langs' FROM contact")
        assert cursor.fetchone() == (str(spent), "free", '["fr", "en"]')
    again = {"id": result.ids[0], "spent": spent, "langs": ["fr", "en"]}
    assert write(again, match="id").outcomes == ["unchanged"]
    assert write(again | {"langs": None}, match="id").outcomes == ["updated"]
    assert set(Contact.objects.get().attrs) == {"spent", "plan"}


def test_a_required_field_refuses_the_row_that_lacks_it():
    Field.objects.create(alias="plan", type="text", label="Plan", required=True)
    result = write({"email": "a@x.example"}, {"email": "b@x.example", "plan": "pro"})
    assert result.rejected[0][0]["code"] == "required"
    assert write({"email": "b@x.example", "city": "Lyon"}).outcomes == ["updated"]
    assert write({"email": "b@x.example", "plan": None}).rejected[0][0]["field"] == "plan"


def test_a_later_row_with_the_same_key_wins():
    result = write(
        {"email": "ana@x.example", "city": "Lyon", "title": "Dr"},
        {"email": "Ana@X.example", "city": "Nice"},
        {"email": "Ana@X.example", "city": "Nice"},
    )
    assert result.outcomes == ["created", "updated", "unchanged"]
    assert len(set(result.ids)) == 1
    ana = Contact.objects.get()
    assert (ana.city, ana.title) == ("Nice", "Dr")


def test_companies_are_found_or_made_once():
    Company.objects.create(name="Acme")
    write({"email": "a@x.example", "company": "ACME "}, {"email": "b@x.example", "company": "New"})
    write({"email": "c@x.example", "company": "new"})
    assert sorted(Company.objects.values_list("name", flat=True)) == ["Acme", "New"]


def test_modes_create_only_and_update_only():
    write({"email": "ana@x.example"})
    made = write({"email": "ana@x.example"}, {"city": "Nowhere"}, mode="create")
    assert made.outcomes == ["rejected", "created"]
    assert made.rejected[0][0]["code"] == "taken"
    changed = write({"email": "new@x.example"}, {"city": "X"}, mode="update")
    assert [problem[0]["code"] for problem in changed.rejected.values()] == [
        "not_found",
        "required",
    ]


def test_duplicate_addresses_may_be_allowed():
    preferences.put("contacts.unique_kinds", [])
    first = write({"email": "ana@x.example"}, mode="create")
    assert write({"email": "ana@x.example", "city": "Lyon"}).outcomes == ["updated"]
    write({"email": "ana@x.example"}, mode="create")
    assert write({"email": "ana@x.example"}).rejected[0][0]["code"] == "ambiguous"
    assert Contact.objects.count() == 2
    assert first.outcomes == ["created"]
