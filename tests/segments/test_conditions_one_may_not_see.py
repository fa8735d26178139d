"""SEC-20: a stored filter tells nobody what it asks of a field they may not see, nor loses it."""

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Role, User
from segments.models import Member, Segment
from tests.cast import client_of, make_user
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
SECRET = "Rhesus-negative"
TREE = {
    "all": [
        {"field": "city", "op": "is", "value": "Paris"},
        {"any": [{"field": "blood", "op": "in", "value": [SECRET]}]},
    ]
}
WORDS = "a condition you may not see"
WIDER = {"all": [{"field": "city", "op": "is", "value": "Paris"}]}


@pytest.fixture
def ana(api: APIClient) -> int:
    body = {"label": "Blood", "alias": "blood", "type": "text", "sensitive": True}
    assert api.post("/api/v1/fields", body, format="json").status_code == 201
    return people({"email": "ana@x.example", "city": "Paris", "blood": SECRET})[0]


@pytest.fixture
def dora(ana: int) -> User:
    return make_user(
        "Dora", Role.objects.create(name="Marketing", rights={"*": {"*": "all"}, "sensitive": {}})
    )


@pytest.fixture
def hers(dora: User) -> APIClient:
    return client_of(dora)


@pytest.fixture
def rare(api: APIClient, ana: int) -> int:
    answer = api.post("/api/v1/segments", {"name": "Rare", "filter": TREE}, format="json")
    assert answer.status_code == 201, answer.content
    settle()
    return int(answer.json()["id"])


def stored(segment: int) -> Any:
    return Segment.objects.get(pk=segment).filter


def silent(text: str) -> bool:
    return SECRET not in text and "blood" not in text.lower()


def test_sec_20_rest_masks_the_condition_and_what_is_written_back_keeps_it(api, hers, rare, ana):
    at = f"/api/v1/segments/{rare}"
    assert SECRET in api.get(at).content.decode()
    for path in ("/api/v1/segments", at):
        assert silent(hers.get(path).content.decode())
    shown = hers.get(at).json()["filter"]
    assert shown["all"][0] == TREE["all"][0]
    assert shown["all"][1]["any"][0] == {"hidden": True}
    for body in ({"name": "Rarer"}, {"name": "Rarest", "filter": shown}):
        answer = hers.patch(at, body, format="json")
        assert answer.status_code == 200, answer.content
        assert silent(answer.content.decode())
    assert stored(rare) == TREE
    mask = shown["all"][1]["any"][0]
    hostile = (WIDER, None, mask, {"any": shown["all"]}, {"all": [shown, shown]}, {"any": [mask]})
    for tree in hostile:
        answer = hers.patch(at, {"filter": tree}, format="json")
        assert answer.status_code == 400, tree
        assert answer.json()["errors"][0] == {
            "field": "filter",
            "code": "hidden",
            "message": answer.json()["errors"][0]["message"],
        }
        assert stored(rare) == TREE
    # A mask is no condition elsewhere: neither in a new segment nor in a question.
    for path in ("segments", "segments/count", "contacts/search"):
        answer = hers.post(f"/api/v1/{path}", {"name": "N", "filter": shown}, format="json")
        assert answer.status_code == 400, path
    # Who may see it changes it as ever.
    assert api.patch(at, {"filter": WIDER}, format="json").status_code == 200


def test_sec_20_members_are_the_marketers_and_the_segment_can_be_asked_about(hers, rare, ana):
    assert [one["id"] for one in hers.get(f"/api/v1/segments/{rare}/contacts").json()["results"]]
    asked = {"filter": {"segment": [str(rare)], "op": "in"}}
    sampled = hers.post("/api/v1/segments/sample", asked, format="json").json()
    assert [one["id"] for one in sampled["contacts"]] == [str(ana)]


def test_sec_20_screens_say_that_there_is_a_condition(client: Client, alice, dora, api, rare, ana):
    api.patch(f"/api/v1/segments/{rare}", {"name": "Rare blood"}, format="json")
    Segment.objects.filter(pk=rare).update(name="Rare")
    longer = {"all": [*TREE["all"], {"field": "blood", "op": "is_not", "value": SECRET * 40}]}
    api.patch(f"/api/v1/segments/{rare}", {"filter": longer}, format="json")
    api.patch(f"/api/v1/segments/{rare}", {"filter": TREE}, format="json")
    settle()
    pages = {
        f"/segments/{rare}": False,
        f"/segments/{rare}/edit": False,
        f"/segments/{rare}?tab=history": True,
        f"/segments/{rare}/why?contact={ana}": True,
    }
    client.force_login(alice)
    assert SECRET in client.get(f"/segments/{rare}?tab=history").content.decode()
    client.force_login(dora)
    for page, worded in pages.items():
        answer = client.get(page)
        text = answer.content.decode()
        assert answer.status_code == 200, page
        assert SECRET not in text, page
        assert "Blood" not in text.replace("Rare blood", ""), page
        assert (WORDS in text) is worded, page
    assert SECRET not in client.get("/settings/audit").content.decode()


def test_sec_20_the_form_keeps_the_filter_and_takes_no_other(client: Client, dora, hers, rare):
    client.force_login(dora)
    at = f"/segments/{rare}/edit"
    shown = hers.get(f"/api/v1/segments/{rare}").json()["filter"]
    row = Segment.objects.get(pk=rare)
    body = {"name": "Rarer", "description": "", "version": row.version, "portrait": row.portrait}
    for change in (
        {"members_by": "dynamic", "tree": json.dumps(WIDER)},
        {"members_by": "by_hand", "tree": json.dumps(shown)},
        {"members_by": "dynamic", "tree": ""},
    ):
        answer = client.post(at, body | change)
        assert answer.status_code == 422, change
        assert stored(rare) == TREE
    kept = body | {"members_by": "dynamic", "tree": json.dumps(shown)}
    assert client.post(at, kept).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.filter) == ("Rarer", TREE)
    assert Member.objects.filter(segment_id=rare).count() == 1
