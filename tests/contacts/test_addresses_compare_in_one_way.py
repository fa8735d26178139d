"""Addresses compare as the database lowers them, wherever they are typed: letter by letter."""

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from contacts.models import Contact, Suppression
from contacts.services.erase import drop
from kernel import clock
from kernel.lowering import lowered

pytestmark = pytest.mark.django_db
# A sigma that ends a word, one that does not, eszett small and capital, dotted and dotless i,
# Kelvin, Angstrom, double letters and theirs in title case, an accent of its own.
LETTERS = [
    "ΝΊΚΟΣ",
    "ΣΟΦΊΑ",
    "νίκος",
    "STRAßE",
    "STRAẞE",
    "İI",
    "\u0131I",
    "K",
    "Å",
    "Ǆ",
    "ǅ",
    "E\u0301",
]
WRITTEN = ["ΝΊΚΟΣ@Example.com", "ΣΟΦΊΑ@example.com", "STRAẞE@example.com", "\u212bke@example.com"]


@pytest.mark.parametrize("word", LETTERS)
def test_letters_are_made_small_as_the_database_does(word: str):
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(%s)", [word])
        assert lowered(word) == cursor.fetchone()[0]


@pytest.mark.parametrize("written", WRITTEN)
def test_an_entry_of_the_list_is_that_of_the_contact(
    api: APIClient, client: Client, alice: User, written: str
):
    entry = {"channel": "email", "kind": "address", "value": written, "reason": "manual"}
    made = api.post("/api/v1/suppressions", entry, format="json")
    assert made.status_code == 201, made.content
    hashed = api.post("/api/v1/suppressions", {**entry, "kind": "hash"}, format="json")
    assert hashed.status_code == 201, hashed.content
    known = api.post("/api/v1/contacts", {"email": written}, format="json").json()["id"]
    key = Contact.objects.get(pk=known).email_key
    assert made.json()["value"] == key
    found = api.get("/api/v1/suppressions", {"value": written}).json()["results"]
    assert [one["id"] for one in found] == [made.json()["id"]]
    client.force_login(alice)
    listed = client.get("/settings/suppressions", {"q": written})
    assert listed.context["total"] == Suppression.objects.count() == 2


@pytest.mark.parametrize("written", WRITTEN)
def test_a_mend_tells_nobody_who_was_erased(api: APIClient, written: str):
    known = api.post("/api/v1/contacts", {"email": written}, format="json").json()["id"]
    tree = {"field": "email", "op": "is", "value": written}
    one = api.post("/api/v1/segments", {"name": "Theirs", "filter": tree}, format="json").json()
    drop([int(known)], clock.now())
    [left] = api.get("/api/v1/privacy/leftovers").json()["results"]
    assert left["id"] == one["id"]
    version = api.get(f"/api/v1/segments/{one['id']}").json()["version"]
    body = {"version": version, "filter": {**tree, "value": "bo@example.com"}}
    answer = api.patch(f"/api/v1/segments/{one['id']}", body, format="json")
    assert answer.status_code == 200, answer.content
    told = str(list(AuditEntry.objects.values_list("name", "before", "after")))
    assert lowered(written) not in lowered(told)


def test_who_signs_in_is_found_by_the_address_in_any_case(alice: User):
    for number, word in enumerate(WRITTEN):
        made = User.objects.create_user(f"{number}{word}", role=alice.role)
        assert made.email == lowered(f"{number}{word}")
        assert User.objects.get(email=f"{number}{word}") == made
