"""By what identified a contact before a merge its survivor is found, until somebody takes it."""

import pytest

from contacts.models import Contact, Field, FormerIdentifier, Identifier
from contacts.services.erase import erase
from contacts.services.merge import Wish, merge
from contacts.services.upsert import upsert
from kernel import clock, preferences
from kernel.invariants import broken
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db
OLD = "ana@old.example"


def write(row: dict, **more):
    return upsert([row], now=clock.now(), **more)


@pytest.fixture
def survivor() -> int:
    Field.objects.create(alias="number", type="text", label="Number", unique=True)
    winner, loser = people(
        {"email": "ana@x.example", "number": "N1"},
        {"email": "Ana@old.example", "number": "N2", "city": "Nice"},
    )
    merge(winner, loser, clock.now())
    return winner


def test_an_old_address_finds_the_survivor_and_changes_it_not(survivor):
    result = write({"email": OLD, "city": "Lyon"})
    assert (result.ids, result.outcomes) == ([survivor], ["updated"])
    person = Contact.objects.get()
    assert (person.email, person.city, person.attrs) == ("ana@x.example", "Lyon", {"number": "N1"})
    assert write({"number": "n2", "city": "Paris"}, match="number").ids == [survivor]
    assert write({"email": OLD, "city": "Rome"}, mode="update").ids == [survivor]
    assert set(Identifier.objects.values_list("value", flat=True)) == {"ana@x.example", "n1"}
    assert broken() == []


def test_both_addresses_in_one_call_mean_one_person(survivor):
    rows = [{"email": "ana@x.example", "city": "A"}, {"email": OLD, "city": "B"}]
    result = upsert(rows, now=clock.now())
    assert result.ids == [survivor, survivor]
    assert Contact.objects.get().city == "B"


def test_whoever_takes_the_address_anew_has_it(survivor):
    made = write({"email": OLD, "number": "N3"}, mode="create").created
    assert write({"email": OLD, "city": "Oslo"}).ids == made
    assert list(FormerIdentifier.objects.values_list("kind", "value")) == [("number", "n2")]
    write({"id": survivor, "number": "N2"}, match="id")
    assert not FormerIdentifier.objects.exists()
    assert broken() == []


def test_the_survivors_own_address_leads_to_it_when_the_others_was_chosen(survivor):
    (other,) = people({"email": "ana@third.example"})
    merge(survivor, other, clock.now(), Wish(chosen={"email": "loser"}))
    assert Contact.objects.get().email == "ana@third.example"
    for address in ("ana@x.example", OLD, "ana@third.example"):
        assert write({"email": address, "city": address}).ids == [survivor], address


def test_the_address_follows_further_merges_and_goes_with_the_person(survivor):
    (last,) = people({"email": "ana@last.example"})
    merge(last, survivor, clock.now())
    assert write({"email": OLD}).ids == [last]
    erase(last, clock.now())
    assert not FormerIdentifier.objects.exists()
    assert write({"email": OLD}).outcomes == ["created"]


def test_it_does_so_where_several_may_share_an_address(survivor):
    preferences.put("contacts.unique_kinds", [])
    assert write({"email": OLD, "city": "Lyon"}).ids == [survivor]
    made = write({"email": OLD}, mode="create").created
    assert write({"email": OLD, "city": "Rome"}).ids == made
    preferences.put("contacts.unique_kinds", ["email"])
    assert broken() == []


def test_events_and_the_log_know_old_ids_and_addresses(survivor, api):
    gone = Contact.objects.get().pk + 1
    for who in ({"contact": str(gone)}, {"email": OLD, "create": True}):
        body = {"type": "shop.visited", **who}
        assert api.post("/api/v1/tracking/events", body).status_code == 201, who
    listed = api.get("/api/v1/events", {"contact": gone, "type": "shop.visited"}).json()
    assert [row["contact"] for row in listed["results"]] == [str(survivor)] * 2
    signed = api.post("/api/v1/tracking/identities", {"contact": str(gone)}).json()
    assert signed["contact"] == str(survivor)
