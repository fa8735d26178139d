"""Categories and labels over REST: of items, given, shown, narrowed by; and themselves."""

import pytest

from contacts.models import Company
from kernel import filing
from kernel.models import Filing, Folder
from tests.api_contract import ApiContract, Body
from tests.media.drawing import drawn, in_base64
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
BODIES = {
    "companies": {"name": "Acme"},
    "stages": {"name": "Lead", "weight": 1},
    "segments": {"name": "S"},
    "campaigns": {"name": "C"},
    "emails": {
        "name": "E", "type": "template", "subject": "Hi", "html": "<p>Hi</p>",
        "from_address": "a@x.example",
    },
    "sms": {"name": "T", "body": "Hi"},
    "forms": {"name": "F"},
    "media": {"name": "I", "file": in_base64(drawn())},
    "point-groups": {"name": "G"},
    "point-rules": {"name": "R", "event": "pages.viewed", "delta": 1},
    "point-triggers": {"name": "T", "threshold": 10, "actions": []},
    "connections": {
        "name": "X", "connector": "integrations.rest",
        "settings": {
            "base_url": "https://crm.example", "create_path": "c", "create_id": "id",
            "update_path": "c/{id}",
        },
    },
}  # fmt: skip


class TestCategories(ApiContract):
    path = f"{V1}/categories"
    owned = False

    def body(self, number: int) -> Body:
        return {"name": f"Category {number}", "colour": 2}


class TestLabels(ApiContract):
    path = f"{V1}/labels"
    owned = False

    def body(self, number: int) -> Body:
        return {"name": f"Label {number}"}


def make(api, sort, name, **more):
    answer = api.post(f"{V1}/{sort}", {"name": name, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def test_every_kind_that_is_filed_is_tried_here():
    assert len(filing.kinds()) == len(BODIES)


@pytest.mark.parametrize("path", BODIES)
def test_items_are_filed_as_they_are_made_and_changed(api, path):
    news, vip = make(api, "categories", "News"), make(api, "labels", "VIP", colour=3)
    made = api.post(f"{V1}/{path}", {**BODIES[path], "category": news, "labels": ["vip"]})
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["category"] == {"id": news, "name": "News", "colour": 1}
    assert body["labels"] == [{"id": vip, "name": "VIP", "colour": 3}]
    at = f"{V1}/{path}/{body['id']}"
    assert api.get(at).json()["category"]["name"] == "News"
    # What was answered may be sent back whole.
    other = make(api, "categories", "Other")
    again = api.patch(at, {"category": body["category"], "labels": body["labels"]})
    assert again.status_code == 200, again.content
    for query, found in ((f"category={news}", 1), (f"category={other}", 0), (f"label={vip}", 1)):
        assert len(api.get(f"{V1}/{path}?{query}").json()["results"]) == found
    cleared = api.patch(at, {"category": None, "labels": []}).json()
    assert (cleared["category"], cleared["labels"]) == (None, [])
    assert not Filing.objects.exists()


def test_what_cannot_be_filed_there_is_refused_and_nothing_kept(api):
    mails = make(api, "categories", "Mails only", kind="email")
    label = make(api, "labels", "L")
    for body, field in (
        ({"category": mails}, "category"),
        ({"category": "nope"}, "category"),
        ({"category": label}, "category"),
        ({"category": ["x"]}, "category"),
        ({"labels": "L"}, "labels"),
        ({"labels": ["L", 99]}, "labels.1"),
    ):
        answer = api.post(f"{V1}/companies", {"name": "Acme", **body})
        assert answer.status_code == 400, body
        assert answer.json()["errors"][0]["field"] == field
    assert not Company.objects.exists()
    assert api.post(f"{V1}/contacts", {"city": "X", "category": mails}).status_code == 400
    assert api.get(f"{V1}/companies?category=x").status_code == 400


def test_a_name_is_taken_once_a_sort_and_kind(api):
    make(api, "categories", "News")
    for body, status in (
        ({"name": " news "}, 400),
        ({"name": "News", "kind": "email"}, 201),
        ({"name": "News", "kind": "planet"}, 400),
        ({"name": "Blue", "colour": 9}, 400),
        ({"name": ""}, 400),
    ):
        assert api.post(f"{V1}/categories", body).status_code == status, body
    make(api, "labels", "News")


def test_a_folder_in_use_is_deleted_once_somebody_says_what_becomes_of_the_rest(api):
    old, new = make(api, "categories", "Old"), make(api, "categories", "New")
    body = api.post(f"{V1}/companies", {"name": "Acme", "category": old}).json()
    refused = api.delete(f"{V1}/categories/{old}")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "in_use")
    assert api.delete(f"{V1}/categories/{old}?move_to=999").status_code == 400
    assert api.get(f"{V1}/categories/{old}").json()["items"] == 1
    assert api.delete(f"{V1}/categories/{old}?move_to={new}").status_code == 204
    assert api.get(f"{V1}/companies/{body['id']}").json()["category"]["name"] == "New"
    assert api.delete(f"{V1}/categories/{new}?take_off=true").status_code == 204
    assert api.get(f"{V1}/companies/{body['id']}").json()["category"] is None


def test_a_label_that_moves_stands_once(api):
    one, two = make(api, "labels", "One"), make(api, "labels", "Two")
    made = api.post(f"{V1}/stages", {"name": "Lead", "weight": 1, "labels": [one, two]}).json()
    assert api.delete(f"{V1}/labels/{one}?move_to={two}").status_code == 204
    shown = api.get(f"{V1}/stages/{made['id']}").json()["labels"]
    assert [label["name"] for label in shown] == ["Two"]


def test_whoever_may_not_change_an_item_files_nothing(api, api_bob, api_dora, alice):
    news = make(api, "categories", "News")
    number = api.post(f"{V1}/companies", {"name": "Acme"}).json()["id"]
    for client, status in ((api_bob, 403), (api_dora, 404)):
        assert client.patch(f"{V1}/companies/{number}", {"category": news}).status_code == status
    assert not Filing.objects.exists()


def test_what_is_gone_is_swept_away(api):
    news = make(api, "categories", "News")
    number = api.post(f"{V1}/companies", {"name": "Acme", "category": news}).json()["id"]
    kept = api.post(f"{V1}/companies", {"name": "Other", "category": news}).json()["id"]
    api.delete(f"{V1}/companies/{number}")
    settle()
    filing.sweep()
    assert [row.object_id for row in Filing.objects.all()] == [int(kept)]
    assert Folder.objects.count() == 1
