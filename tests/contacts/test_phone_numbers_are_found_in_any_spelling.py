"""A phone number is one number however it is written: in filters and in the search."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact
from contacts.services import fields, finding
from kernel import clock, preferences
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db
SPELLINGS = (
    "+33622334455",
    "0622334455",
    "06 22 33 44 55",
    "0033 6 22.33.44.55",
    "+33 (0)622334455",
)


@pytest.fixture
def anna() -> Contact:
    preferences.put("contacts.phone_region", "FR")
    add(email="bob@x.example", mobile="06 22 33 44 56")
    return add(email="anna@x.example", mobile="06 22 33 44 55")


def found(api: APIClient, op: str, value: object) -> list[str]:
    asked = {"filter": {"field": "mobile", "op": op, "value": value}}
    answer = api.post("/api/v1/contacts/search", asked, format="json").json()
    return sorted(one["email"] for one in answer["results"])


@pytest.mark.parametrize("kept", SPELLINGS)
def test_filters_compare_numbers_and_not_their_spelling(api: APIClient, anna: Contact, kept: str):
    Contact.objects.filter(pk=anna.pk).update(mobile=kept)
    mine, both = ["anna@x.example"], ["anna@x.example", "bob@x.example"]
    for value in SPELLINGS:
        assert found(api, "is", value) == mine, value
        assert found(api, "in", [value, "+49 30 1"]) == mine, value
        assert found(api, "is_not", value) == ["bob@x.example"], value
    for value in ("+336", "06", "0033 6", "06 22", "+33 6 22 33"):
        assert found(api, "starts_with", value) == both, value
    assert found(api, "starts_with", "07") == found(api, "is", "0622334457") == []
    assert found(api, "contains", "22 33.44") == both
    assert found(api, "ends_with", "44 55") == mine


def test_the_search_finds_numbers_of_phones_and_of_contacts(client: Client, alice, anna: Contact):
    client.force_login(alice)

    def listed(text: str) -> list[str]:
        page = client.get("/contacts", {"q": text})
        assert page.status_code == 200, text
        return [name for name in ("anna@", "bob@") if name in page.content.decode()]

    for value in (*SPELLINGS, str(anna.pk), f"#{anna.pk}"):
        assert listed(value) == ["anna@"], value
    # What no index can serve finds nobody, at once.
    for value in ("%", '"', "_", "\\", "% %", "'", "?"):
        assert listed(value) == [], value


@pytest.mark.parametrize("many", [False, True])
def test_the_search_finds_numbers_and_addresses_in_fields_of_ones_own(
    client: Client, alice: User, anna: Contact, monkeypatch: pytest.MonkeyPatch, many: bool
):
    client.force_login(alice)
    for alias, kind in (("at_work", "phone"), ("private", "email"), ("secret", "phone")):
        fields.create(
            {
                "label": alias,
                "alias": alias,
                "type": kind,
                "indexed": alias == "private",
                "sensitive": alias == "secret",
            },
            clock.now(),
        )
    add(email="zoe@x.example", at_work="06 99 88 77 66", private="Zoe@home.example")
    add(email="eve@x.example", secret="06 99 88 77 66")
    # Where there are many people, what no index holds is not looked through.
    monkeypatch.setattr(finding, "MOST_READ", -2 if many else 200_000)

    def told(text: str) -> list[str]:
        rows = client.get("/contacts", {"q": text}).context["rows"]
        return sorted(row.flat["email"] for row, _cells in rows)

    for value in ("+33699887766", "0699887766", "06 99 88 77 66"):
        assert told(value) == ([] if many else ["zoe@x.example"])
    assert told("zoe@HOME.example") == ["zoe@x.example"]
    assert told("oe@home.example") == []
    assert told("06 22 33 44 55") == ["anna@x.example"]
