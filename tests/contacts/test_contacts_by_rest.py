"""`contacts` by REST: the flat shape, tags, owners, companies, refusals."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact, Field
from tests.api_contract import ApiContract, Body

pytestmark = pytest.mark.django_db
PATH = "/api/v1/contacts"


class TestContacts(ApiContract):
    path = PATH
    change = {"first_name": "Changed"}

    def body(self, number: int) -> Body:
        return {"email": f"p{number}@x.example", "first_name": "P", "tags": ["a"]}


def make(api: APIClient, **values: Any) -> Body:
    answer = api.post(PATH, values)
    assert answer.status_code == 201, answer.content
    return answer.json()


def places(answer: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


def test_a_contact_is_flat_with_custom_fields_beside_core_ones(api):
    Field.objects.create(alias="spent", type="number", label="Spent", decimals=6)
    Field.objects.create(alias="plan", type="select", label="Plan", options=[{"value": "pro"}])
    made = make(
        api, email="Ana@X.example", country="Allemagne", spent="1234567890123.123456", plan="pro",
        company="Acme", tags=["VIP", "b"], attribution=12.5, city="", website="acme.example",
    )  # fmt: skip
    assert made["email"] == "Ana@x.example"
    assert (made["country"], made["company"], made["city"]) == ("DE", "Acme", None)
    assert (made["tags"], made["points"], made["stage"]) == (["b", "VIP"], 0, None)
    assert made["companies"][0]["primary"] is True
    assert (made["do_not_contact"], made["consents"], made["bounce"]) == ([], [], None)
    raw = api.get(f"{PATH}/{made['id']}").content.decode()
    assert '"spent":1234567890123.123456' in raw
    assert '"attribution":12.5' in raw


def test_a_contact_may_be_sent_back_with_one_value_changed(api):
    made = make(api, email="a@x.example", tags=["x"], company="Acme")
    changed = api.patch(f"{PATH}/{made['id']}", {**made, "city": "Lyon"})
    assert changed.status_code == 200, changed.content
    assert changed.json()["city"] == "Lyon"
    assert changed.json()["version"] == made["version"] + 1


def test_tags_are_replaced_or_changed(api):
    at = f"{PATH}/{make(api, email='a@x.example', tags=['a', 'b'])['id']}"
    assert api.patch(at, {"tags": ["B", "c"]}).json()["tags"] == ["b", "c"]
    assert api.patch(at, {"tags": {"add": ["d"], "remove": ["b", "?"]}}).json()["tags"] == [
        "c",
        "d",
    ]
    assert api.patch(at, {"tags": []}).json()["tags"] == []
    for wrong in ("a", [""], [1.5], {"put": []}, {"add": "a"}):
        assert api.patch(at, {"tags": wrong}).status_code == 400, wrong


def test_sec_16_what_is_not_writable_is_refused_and_nothing_is_written(api):
    for key, value in {
        "points": 5, "id": "7", "created_at": "2020-01-01T00:00:00Z", "do_not_contact": [],
        "consents": [], "stage": {"id": "1"}, "is_superuser": True, "created_by": 1, "attrs": {},
        "activity_rank": 3, "scores": {}, "bounce": None, "email_key": "x",
    }.items():  # fmt: skip
        answer = api.post(PATH, {"email": "a@x.example", key: value})
        assert answer.status_code == 400, key
        assert {field for field, _code in places(answer)} == {key}
    assert Contact.objects.count() == 0


def test_every_fault_of_a_contact_is_named(api):
    answer = api.post(PATH, {"email": "no", "country": "X1", "points": 1, "nope": 1, "tags": 3})
    assert answer.status_code == 400
    assert places(answer) == {
        ("email", "invalid_email"),
        ("country", "unknown_country"),
        ("points", "read_only"),
        ("nope", "unknown_field"),
        ("tags", "invalid"),
    }


def test_an_address_belongs_to_one_contact(api):
    make(api, email="a@x.example")
    other = make(api, email="b@x.example")
    again = api.post(PATH, {"email": "A@X.example"})
    assert (again.status_code, places(again)) == (409, {("email", "taken")})
    moved = api.patch(f"{PATH}/{other['id']}", {"email": "a@x.example", "city": "Lyon"})
    assert moved.status_code == 409
    assert api.get(f"{PATH}/{other['id']}").json() == other


def test_an_owner_is_given_by_id_name_or_email(api, alice, dora):
    for given in (dora.pk, str(dora.pk), dora.email, "Dora", {"id": str(dora.pk), "name": "Dora"}):
        made = make(api, owner=given)
        assert made["owner"] == {"id": str(dora.pk), "name": "Dora"}, given
    assert api.patch(f"{PATH}/{made['id']}", {"owner": None}).json()["owner"] is None
    assert places(api.post(PATH, {"owner": "Nobody"})) == {("owner", "not_found")}


def test_sec_15_who_reaches_their_own_cannot_give_contacts_away(api_dora, dora, alice):
    made = make(api_dora, email="a@x.example")
    assert made["owner"]["id"] == str(dora.pk)
    at = f"{PATH}/{made['id']}"
    for owner in (alice.pk, None):
        assert places(api_dora.patch(at, {"owner": owner})) == {("owner", "not_allowed")}
    assert api_dora.post(PATH, {"owner": alice.pk}).status_code == 400


def test_a_required_field_is_asked_for(api):
    Field.objects.create(alias="plan", type="text", label="Plan", required=True)
    assert places(api.post(PATH, {"email": "a@x.example"})) == {("plan", "required")}
    made = make(api, plan="pro")
    assert places(api.patch(f"{PATH}/{made['id']}", {"plan": ""})) == {("plan", "required")}


@pytest.mark.parametrize("body", ["x", [], [1], {}, {"email": ""}, 5])
def test_a_body_that_is_no_object_is_refused(api, body):
    assert api.post(PATH, body, format="json").status_code == 400
