"""`fields`, `tags`, `companies` and `actions` by REST."""

import pytest

from contacts.models import Contact, ContactTag, Field
from tests.api_contract import ApiContract, Body
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


class TestFields(ApiContract):
    path = f"{V1}/fields"
    change = {"label": "Changed"}
    owned = False

    def body(self, number: int) -> Body:
        return {"label": f"Field {number}", "type": "text"}


class TestTags(ApiContract):
    path = f"{V1}/tags"
    owned = False
    versioned = False

    def body(self, number: int) -> Body:
        return {"name": f"Tag {number}"}


class TestCompanies(ApiContract):
    path = f"{V1}/companies"

    def body(self, number: int) -> Body:
        return {"name": f"Company {number}"}


def test_every_type_of_field_works_in_contacts_at_once(api):
    values = {
        "text": "a", "long_text": "a\nb", "html": "<b>a</b>", "number": 1.5, "boolean": True,
        "date": "2026-01-02", "datetime": "2026-01-02T03:04:05.000Z", "time": "10:30",
        "email": "x@y.example", "phone": "+33 1", "url": "https://x.example", "select": "v",
        "multiselect": ["w", "v"], "lookup": "l", "country": "FR", "region": "r", "locale": "fr",
        "timezone": "Europe/Paris",
    }  # fmt: skip
    values["phone"] = "+33 123"
    for kind in values:
        body = {"label": f"My {kind}", "type": kind, "labels": {"fr": "Le mien", "en": "Mine"}}
        if "select" in kind:
            body["options"] = ["w", {"value": "v", "labels": {"fr": "Vé"}}]
        told = api.post(f"{V1}/fields", body)
        assert told.status_code == 201, told.content
    contact = {f"my_{kind}": value for kind, value in values.items()}
    made = api.post(f"{V1}/contacts", contact)
    assert made.status_code == 201, made.content
    assert {alias: made.json()[alias] for alias in contact} == contact
    cleared = api.patch(f"{V1}/contacts/{made.json()['id']}", dict.fromkeys(contact, ""))
    assert {cleared.json()[alias] for alias in contact} == {None}
    assert Contact.objects.get().attrs == {}


def test_500_fields_are_no_problem(api):
    Field.objects.bulk_create(
        Field(alias=f"f_{number}", label=f"F {number}", type="text") for number in range(499)
    )
    assert api.post(f"{V1}/fields", {"label": "F 499", "type": "text"}).status_code == 201
    values = {f"f_{number}": str(number) for number in range(500)}
    made = api.post(f"{V1}/contacts", {"email": "a@x.example", **values}).json()
    assert {alias: made[alias] for alias in values} == values
    assert len(api.get(f"{V1}/fields", {"limit": 1000}).json()["results"]) == 500


def test_a_field_that_is_used_is_not_deleted(api):
    field = api.post(f"{V1}/fields", {"label": "Plan", "type": "text"}).json()
    segment = api.post(
        f"{V1}/segments",
        {"name": "S", "filter": {"all": [{"field": "plan", "op": "is", "value": "pro"}]}},
    )
    assert segment.status_code == 201, segment.content
    refused = api.delete(f"{V1}/fields/{field['id']}")
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["code"] == "in_use"


def test_a_field_that_holds_values_is_deleted_with_them_by_who_says_so(api):
    field = api.post(f"{V1}/fields", {"label": "Plan", "type": "text"}).json()
    made = api.post(f"{V1}/contacts", {"email": "ana@x.example", "plan": "pro"}).json()
    at = f"{V1}/fields/{field['id']}"
    for query, code in (("", "holds_values"), ("?with_values=false", "holds_values")):
        answer = api.delete(at + query)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, code)
    assert api.delete(f"{at}?with_values=yes").status_code == 400
    assert api.get(f"{V1}/contacts/{made['id']}").json()["plan"] == "pro"
    assert api.delete(f"{at}?with_values=true").status_code == 204
    assert "plan" not in api.get(f"{V1}/contacts/{made['id']}").json()
    # Nobody has a value: nothing is asked.
    other = api.post(f"{V1}/fields", {"label": "Other", "type": "text"}).json()
    assert api.delete(f"{V1}/fields/{other['id']}").status_code == 204


def test_a_tag_that_is_named_is_neither_deleted_nor_renamed(api):
    tag = api.post(f"{V1}/tags", {"name": "VIP"}).json()
    named = {"all": [{"field": "tags", "op": "has_any", "value": ["vip"]}]}
    api.post(f"{V1}/segments", {"name": "S", "filter": named})
    at = f"{V1}/tags/{tag['id']}"
    assert api.delete(at).status_code == api.patch(at, {"name": "Gold"}).status_code == 409
    assert api.patch(at, {"name": "vip"}).json()["name"] == "vip"


def test_company_fields_stand_flat_and_names_are_unique(api):
    api.post(f"{V1}/fields", {"object": "company", "label": "Size", "type": "number"})
    made = api.post(f"{V1}/companies", {"name": "Acme", "size": "12.5"})
    assert made.status_code == 201, made.content
    assert made.json()["size"] == 12.5
    assert api.post(f"{V1}/companies", {"name": "ACME "}).status_code == 409
    assert api.patch(f"{V1}/companies/{made.json()['id']}", {"size": "x"}).status_code == 400
    contact = api.post(f"{V1}/contacts", {"company": "acme"}).json()
    assert contact["companies"][0]["id"] == made.json()["id"]
    api.delete(f"{V1}/companies/{made.json()['id']}")
    assert api.get(f"{V1}/contacts/{contact['id']}").json()["company"] is None


def test_an_action_runs_for_a_filter_or_a_list(api, api_dora):
    ids = [api.post(f"{V1}/contacts", {"city": city}).json()["id"] for city in "ABA"]
    tree = {"all": [{"field": "city", "op": "is", "value": "A"}]}
    job = api.post(
        f"{V1}/actions", {"key": "tags.change", "config": {"add": ["x"]}, "filter": tree}
    )
    assert job.status_code == 202, job.content
    api.post(
        f"{V1}/actions",
        {"key": "contacts.update", "config": {"values": {"country": "FR"}}, "contacts": ids[:1]},
    )
    settle()
    assert ContactTag.objects.count() == 2
    assert list(Contact.objects.filter(country="FR").values_list("pk", flat=True)) == [int(ids[0])]
    told = api.get(f"{V1}/jobs/{job.json()['id']}").json()
    assert (told["state"], told["progress"]["done"]) == ("done", 2)
    assert api_dora.get(f"{V1}/jobs/{job.json()['id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"key": "nope", "contacts": [1]}, "key"),
        ({"key": "tags.change", "contacts": [1]}, "config"),
        ({"key": "tags.change", "config": {"add": ["a"]}}, "contacts"),
        (
            {"key": "tags.change", "config": {"add": ["VIP"], "remove": ["vip"]}, "contacts": [1]},
            "config",
        ),
        ({"key": "tags.change", "config": {"add": ["a"], "x": 1}, "contacts": [1]}, "config.x"),
        ({"key": "tags.change", "config": {"add": ["a"]}, "filter": {"all": []}}, "filter.all"),
    ],
)
def test_a_bad_action_is_refused_with_its_place(api, body, field):
    answer = api.post(f"{V1}/actions", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
