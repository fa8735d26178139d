"""SEC-20: whoever may not see a field neither deletes it nor reads it once it is deleted."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Field
from tests.accounts.sensitive.conftest import SECRET, text_of
from tests.accounts.world import World
from tests.journey import graph, node
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_sec_20_who_may_not_see_a_field_does_not_delete_it(
    client: Client, dora: User, hers: APIClient, api: APIClient
):
    body = {"label": "Blood", "alias": "blood", "type": "text", "sensitive": True}
    number = api.post("/api/v1/fields", body, format="json").json()["id"]
    query = urlencode({"with_values": "true"})
    assert hers.delete(f"/api/v1/fields/{number}?{query}").status_code in {403, 404}
    client.force_login(dora)
    assert client.post(f"/settings/fields/{number}/delete").status_code in {403, 404}
    assert Field.objects.filter(pk=number).exists()


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
    for path in (f"/segments/{world.id_of('segments')}?tab=history", "/settings/audit"):
        for who, tells in ((alice, True), (dora, False)):
            client.force_login(who)
            page = client.get(path).content.decode()
            assert not (SECRET in page and not tells), path
    rejects = f"/api/v1/imports/{world.id_of('imports')}/rejects"
    assert SECRET not in text_of(hers.get(rejects))
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
