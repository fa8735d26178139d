"""Stages: the plain resource that shows what a declaration is worth."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from kernel import clock
from stages.models import Stage
from stages.services.moving import move
from tests.resource_contract import ResourceContract
from tests.settle import settle


class TestStages(ResourceContract):
    base = "/stages"

    def make(self, number: int, owner: User | None = None) -> Stage:
        return Stage.objects.create(name=f"Stage {number:02}", weight=number, owner=owner)

    def fields(self, number: int) -> dict[str, Any]:
        return {"name": f"Stage {number:02}", "weight": number, "description": ""}


@pytest.mark.django_db
def test_the_list_counts_people_and_deleting_leaves_nobody_behind(
    client: Client, alice: User, api: Any
):
    ids = [
        int(api.post("/api/v1/contacts", {"email": f"p{n}@example.com"}).json()["id"])
        for n in range(3)
    ]
    stage = Stage.objects.create(name="Customer")
    assert move(ids, stage.pk, stage.name, clock.now()) == 3
    assert move(ids, stage.pk, stage.name, clock.now()) == 0
    client.force_login(alice)
    assert [row.people for row, _ in client.get("/stages").context["rows"]] == [3]
    assert (
        f'href="/contacts?stage={stage.pk}"' in client.get(f"/stages/{stage.pk}").content.decode()
    )
    client.post(f"/stages/{stage.pk}/delete")
    assert api.get(f"/api/v1/contacts/{ids[0]}").json()["stage"] is None


@pytest.mark.django_db
def test_a_stage_in_use_is_kept_and_says_by_whom(client: Client, alice: User, api: Any):
    stage = Stage.objects.create(name="Customer")
    condition = {"field": "stage", "op": "is", "value": stage.pk}
    made = api.post("/api/v1/segments", {"name": "Customers", "filter": {"all": [condition]}})
    assert made.status_code == 201, made.content
    client.force_login(alice)
    page = client.post(f"/stages/{stage.pk}/delete", follow=True).content.decode()
    assert "Customers" in page
    assert Stage.objects.filter(pk=stage.pk).exists()


@pytest.mark.django_db
def test_an_action_moves_people_and_their_timeline_tells_it(api: Any):
    contact = api.post("/api/v1/contacts", {"email": "p@example.com"}).json()["id"]
    stage = api.post("/api/v1/stages", {"name": "Ambassador"}).json()["id"]
    done = api.post(
        "/api/v1/actions",
        {"key": "stages.change", "config": {"stage": stage}, "contacts": [contact]},
    )
    assert done.status_code == 202, done.content
    settle()
    assert api.get(f"/api/v1/contacts/{contact}").json()["stage"]["name"] == "Ambassador"
    told = api.get("/api/v1/events", {"contact": contact, "type": "stages.changed"}).json()
    assert len(told["results"]) == 1


@pytest.mark.django_db
def test_ids_nobody_has_select_nobody(client: Client, alice: User):
    kept = Stage.objects.create(name="Customer")
    client.force_login(alice)
    for ids in ("9" * 5000, "9" * 19, "-1", "x", ""):
        sent = {"ids": ids, "confirmed": "yes"}
        assert client.post("/stages/bulk/delete", sent).status_code == 200
    assert Stage.objects.filter(pk=kept.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("weight", "words"),
    [("9" * 20, "This number is too large."), ("-1", "This number is too small: at least 0.")],
)
def test_a_number_out_of_range_is_said_in_plain_words(
    client: Client, alice: User, weight: str, words: str
):
    client.force_login(alice)
    page = client.post("/stages/new", {"name": "Lead", "weight": weight}).content.decode()
    assert words in page
    assert "Ensure" not in page


@pytest.mark.django_db
def test_a_text_too_long_is_said_in_plain_words(client: Client, alice: User, api: Any):
    client.force_login(alice)
    typed = {"name": "x" * 5_000, "weight": 1}
    page = client.post("/stages/new", typed).content.decode()
    assert "This is too long: at most " in page
    assert "Ensure" not in page
    told = api.post("/api/v1/stages", typed).json()["errors"][0]["message"]
    assert told.startswith("This is too long: at most ")
