"""SEC-20: repeated answers, explanations and reasons tell no value, nor do hand-outs."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact, Import, ImportReject
from contacts.services.imports.rejects import rejects_as_csv
from integrations.models import Push
from kernel import clock, secrecy
from tests.accounts.sensitive.conftest import FILTER, SECRET
from tests.accounts.world import World
from tests.cast import client_of
from tests.contacts.imports.sending import take
from tests.settle import settle
from webhooks.models import Post

pytestmark = pytest.mark.django_db


def test_sec_20_a_repeated_answer_is_masked_for_who_repeats(
    alice: User, api: APIClient, hers: APIClient, world: World
):
    at = f"/api/v1/campaigns/{world.id_of('campaigns')}/publish"
    once = [hers.post(at, {}, format="json", headers={"Idempotency-Key": "k"}) for _ in "12"]
    assert [one.status_code for one in once] == [200, 200]
    assert once[1]["Idempotency-Replayed"] == "true"
    assert once[0].json() == once[1].json()
    assert SECRET not in once[1].content.decode()
    settle()
    narrow = client_of(alice, {"campaigns": "write", "contacts": "write"})
    assert api.post(at, {}, format="json", headers={"Idempotency-Key": "x"}).status_code == 200
    answer = narrow.post(at, {}, format="json", headers={"Idempotency-Key": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "key_reused")


def test_sec_20_an_explanation_ticks_nothing_that_is_hidden(
    client: Client, dora: User, api: APIClient, world: World
):
    contact = Contact.objects.get(attrs__blood=SECRET)
    hidden = FILTER["all"][0]
    elsewhere = {"field": "city", "op": "is", "value": "Paris"}
    body = {"all": [elsewhere, hidden, {"any": [elsewhere, hidden]}, {"none": [elsewhere]}]}
    number = api.post("/api/v1/segments", {"name": "W", "filter": body}, format="json").json()["id"]
    at = f"/segments/{number}/why?contact={contact.pk}"
    shown = {}
    for who in (User.objects.get(first_name="Alice"), dora):
        client.force_login(who)
        page = client.get(at).content.decode()
        shown[who.first_name] = [
            page.count(f">{word}<") for word in ("holds:", "does not hold:", "not told:")
        ]
    # Outermost, city, hidden, any, city, hidden, none, city.
    assert shown == {"Alice": [4, 4, 0], "Dora": [1, 4, 3]}


def test_sec_20_a_reason_tells_no_part_of_a_cell(api: APIClient, dora: User, client: Client):
    body = {"label": "Test", "alias": "tested", "type": "date", "sensitive": True}
    assert api.post("/api/v1/fields", body, format="json").status_code == 201
    done = take(api, "email,Test\nana@x.example,1961-13-05\n")
    reject = ImportReject.objects.get()
    assert "13" in str(reject.reasons)
    with secrecy.reading_for(dora):
        text = "".join(rejects_as_csv(Import.objects.get(pk=done["id"])))
    assert "13" not in text
    assert "This value cannot be taken." in text
    client.force_login(dora)
    page = client.get(f"/imports/{done['id']}").content.decode()
    assert "no month" not in page
    assert "This value cannot be taken." in page


def test_sec_20_a_hand_out_leaves_out_what_may_hold_it(
    api: APIClient, hers: APIClient, world: World
):
    number = world.id_of("contacts")
    Post.objects.create(
        cause="c", contact_id=number, url="https://x.example", body=SECRET, due_at=clock.now()
    )
    Push.objects.create(
        connection_id=world.id_of("connections"), contact_id=number, cause="c", answer=SECRET
    )
    told = [who.get(f"/api/v1/contacts/{number}/export").content.decode() for who in (api, hers)]
    assert told[0].count(SECRET) > 2
    assert SECRET not in told[1]
    assert "https://x.example" in told[1]
