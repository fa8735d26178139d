"""SEC-20: whoever may not see a field neither deletes it nor reads it once it is deleted."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Field
from tests.accounts.sensitive.conftest import SECRET, made, text_of
from tests.accounts.world import World
from tests.contacts.imports.sending import take
from tests.journey import graph, node, people
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_sec_20_who_may_not_see_a_field_does_not_delete_it(
    client: Client, dora: User, hers: APIClient, api: APIClient
):
    body = {"label": "Blood", "alias": "blood", "type": "text", "sensitive": True}
    number = api.post("/api/v1/fields", body, format="json").json()["id"]
    query = urlencode({"with_values": "true"})
    assert hers.delete(f"/api/v1/fields/{number}?{query}").status_code == 403
    client.force_login(dora)
    assert client.post(f"/settings/fields/{number}/delete").status_code == 403
    assert Field.objects.filter(pk=number).exists()


def test_sec_20_who_may_not_see_a_field_asks_for_no_value_by_changing_it(
    api: APIClient, hers: APIClient
):
    choices = [{"value": "0"}, {"value": "rare"}]
    bodies = (
        {"label": "Blood", "alias": "blood", "type": "select", "options": choices},
        {"label": "Titer", "alias": "titer", "type": "number", "decimals": 2},
    )
    blood, titer = (made(api, "fields", **body, sensitive=True) for body in bodies)
    [ana] = people(1)
    values = {"blood": "rare", "titer": "1.25"}
    assert api.patch(f"/api/v1/contacts/{ana}", values, format="json").status_code == 200
    changes: list[tuple[int, dict[str, Any]]] = [
        (blood, {"options": [{"value": "0"}]}),
        (blood, {"options": [{"value": "rare"}]}),
        (blood, {"options": [{"value": "0", "label": "Rare"}, {"value": "rare", "label": "0"}]}),
        (blood, {"default": "rare"}),
        (titer, {"decimals": 1}),
        (titer, {"decimals": 3}),
    ]
    before = list(Field.objects.order_by("pk").values())
    for number, change in changes:
        answer = hers.patch(f"/api/v1/fields/{number}", change, format="json")
        assert answer.status_code == 403, (change, answer.content)
    assert list(Field.objects.order_by("pk").values()) == before
    answer = hers.patch(f"/api/v1/fields/{blood}", {"label": "Group"}, format="json")
    assert answer.status_code == 200, answer.content
    answer = api.patch(f"/api/v1/fields/{blood}", changes[2][1], format="json")
    assert answer.status_code == 200, answer.content


def told_where_it_stood(
    client: Client, world: World, readers: dict[User, tuple[APIClient, bool]]
) -> None:
    """It is told by the history of what asked for it, and by refused rows, to some alone."""
    for user, (one, tells) in readers.items():
        client.force_login(user)
        page = client.get(f"/segments/{world.id_of('segments')}?tab=history")
        assert (page.status_code, SECRET in page.content.decode()) == (200, tells)
        answer = one.get(f"/api/v1/imports/{world.id_of('imports')}/rejects")
        assert (answer.status_code, SECRET in text_of(answer)) == (200, tells)


def imported(*ones: APIClient) -> None:
    """A label leads nobody to the alias of a deleted field, a column neither."""
    for number, one in enumerate(ones, 2):
        new = {"Blood": {"label": "Blood", "type": "text"}}
        take(one, f"email,Blood\nb{number}@x.example,{number}\n", new_fields=new)
        assert Field.objects.filter(alias=f"blood_{number}").exists()


def test_sec_20_what_a_deleted_field_was_asked_for_stays_masked(
    client: Client, dora: User, alice: User, api: APIClient, hers: APIClient, world: World
):
    campaign = f"/api/v1/campaigns/{world.id_of('campaigns')}"
    drawn = graph([node("rest", "wait", **{"for": "1d"})], "start>rest")
    assert api.patch(campaign, {"graph": drawn}, format="json").status_code == 200
    settle()
    assert api.post(f"{campaign}/publish", {}, format="json").status_code == 200
    plain = {"field": "city", "op": "is", "value": "Paris"}
    for path in (
        f"segments/{world.id_of('segments')}",
        f"point-rules/{world.id_of('point_rules')}",
    ):
        assert api.patch(f"/api/v1/{path}", {"filter": plain}, format="json").status_code == 200
    trigger = f"/api/v1/point-triggers/{world.id_of('point_triggers')}"
    assert api.patch(trigger, {"actions": []}, format="json").status_code == 200
    number = Field.objects.get(alias="blood").pk
    settle()
    answer = api.delete(f"/api/v1/fields/{number}?with_values=true")
    assert answer.status_code == 204, answer.content
    settle()
    # The version that asked for it is taken back.
    answer = api.post(f"{campaign}/versions/1/draft", {}, format="json")
    assert answer.status_code == 200, answer.content
    told = {who: who.get(f"{campaign}/draft").content.decode() for who in (api, hers)}
    assert (SECRET in told[api], SECRET in told[hers]) == (True, False)
    told_where_it_stood(client, world, {alice: (api, True), dora: (hers, False)})
    imported(api, hers)
    assert SECRET not in hers.get(f"{campaign}/draft").content.decode()
    # One of the same name that is not sensitive is one like any other, once who may see it says so.
    again = {"label": "Blood", "alias": "blood", "type": "text"}
    answer = hers.post("/api/v1/fields", again, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "sensitive")
    assert api.post("/api/v1/fields", again, format="json").status_code == 201
    assert (
        hers.patch(
            f"/api/v1/contacts/{world.id_of('contacts')}", {"blood": "0"}, format="json"
        ).json()["blood"]
        == "0"
    )
