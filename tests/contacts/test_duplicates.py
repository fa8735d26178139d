"""Contacts that share a value: found, told apart, merged one by one or all by a job."""

from datetime import timedelta

import pytest
from django.test import Client

from contacts.models import Contact, ContactState, Field, Merge
from contacts.services.merge import survivor
from kernel import clock, preferences
from kernel.invariants import broken
from kernel.models import Job
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def crowd() -> list[int]:
    preferences.put("contacts.unique_kinds", [])
    preferences.put("contacts.phone_region", "FR")
    Field.objects.create(alias="card", type="text", label="Card")
    return people(
        {"email": "ana@x.example", "mobile": "06 12 34 56 78", "card": "A 1"},
        {"email": "Ana@X.example", "first_name": "Zoë", "last_name": "Lima", "company": "Ondine"},
        {"email": "bo@x.example", "mobile": "+33 6 12 34 56 78", "card": " a 1"},
        {"first_name": "Zoe", "last_name": "LIMA", "company": "Ondine", "mobile": "0712345678"},
        {"first_name": "Zoe", "last_name": "Lima", "company": "Other", "card": ""},
    )


def found(api, by: str) -> list[list[int]]:
    answer = api.get(f"{API}/duplicates", {"by": by})
    assert answer.status_code == 200, answer.json()
    return [[int(contact) for contact in row["contacts"]] for row in answer.json()["results"]]


def test_they_are_found_by_what_they_share(api, crowd):
    ana, again, bo, zoe, _other = crowd
    assert found(api, "email") == [[ana, again]]
    # The fourth number ends alike, and is another.
    assert found(api, "mobile") == [[ana, bo]]
    assert found(api, "card") == [[ana, bo]]
    assert found(api, "name") == [[again, zoe]]
    assert found(api, "phone") == []
    assert api.get(f"{API}/duplicates").json()["results"] == [{"contacts": [str(ana), str(again)]}]
    for by in ("city", "nonsense", ""):
        refused = api.get(f"{API}/duplicates", {"by": by})
        assert refused.status_code == 400
        assert "email, mobile, phone, card, name" in refused.json()["errors"][0]["message"]


def test_who_was_told_apart_is_not_shown_again(api, crowd):
    ana, again, _bo, zoe, other = crowd
    assert api.post(f"{API}/duplicates/apart", {"contacts": [ana, again]}).status_code == 204
    assert found(api, "email") == []
    (third,) = people({"email": "ana@x.example"})
    assert found(api, "email") == [[ana, again, third]]
    answer = api.post(f"{API}/duplicates/merge", {"by": "email", "keep": "oldest"})
    assert answer.status_code == 202
    settle()
    assert (survivor(third), survivor(again)) == (ana, None)
    assert api.post(f"{API}/duplicates/apart", {"contacts": [zoe, 99999]}).status_code == 400
    assert api.post(f"{API}/duplicates/apart", {"contacts": [other]}).status_code == 400


@pytest.mark.parametrize(("keep", "place"), [("oldest", 0), ("newest", 2), ("most_active", 1)])
def test_a_job_merges_all_after_it_counted_them(api, alice, keep, place):
    preferences.put("contacts.unique_kinds", [])
    trio = people(*({"email": "ana@x.example", "city": city} for city in "ABC"))
    people({"email": "bo@x.example"}, {"email": "BO@x.example"}, {"email": "cyr@x.example"})
    ContactState.objects.filter(pk=trio[1]).update(last_active_at=clock.now() - timedelta(days=1))
    asked = {"by": "email", "keep": keep}
    counted = api.post(f"{API}/duplicates/merge", {**asked, "dry": True}).json()
    settle()
    job = api.get(f"{API}/jobs/{counted['id']}").json()
    assert (job["state"], job["progress"]["groups"], job["progress"]["contacts"]) == ("done", 2, 3)
    assert Contact.objects.count() == 6
    merged = api.post(f"{API}/duplicates/merge", asked).json()
    settle()
    progress = Job.objects.get(pk=merged["id"]).progress
    assert (progress["groups"], progress["contacts"]) == (2, 3)
    assert "bo@" not in str(progress)
    assert Contact.objects.count() == 3
    assert Contact.objects.filter(email_key="ana@x.example").get().pk == trio[place]
    told = set(Merge.objects.values_list("user_id", "reason"))
    assert told == {(alice.pk, f"job:{merged['id']}")}
    preferences.put("contacts.unique_kinds", ["email"])
    assert broken() == []


def test_a_field_that_cannot_become_unique_says_where_to_look(crowd):
    with pytest.raises(ValueError, match="Duplicates"):
        preferences.put("contacts.unique_kinds", ["email"])


def test_who_reaches_own_contacts_finds_and_merges_those_alone(api_dora, api_bob, dora, crowd):
    ana, again, bo, _zoe, _other = crowd
    Contact.objects.filter(pk__in=[ana, again]).update(owner=dora)
    assert found(api_dora, "email") == [[ana, again]]
    assert found(api_dora, "mobile") == []
    assert api_dora.post(f"{API}/duplicates/apart", {"contacts": [ana, bo]}).status_code == 400
    api_dora.post(f"{API}/duplicates/merge", {"by": "mobile"})
    settle()
    api_dora.post(f"{API}/duplicates/merge", {"by": "email"})
    settle()
    assert list(Merge.objects.values_list("loser_id", flat=True)) == [again]
    assert api_bob.get(f"{API}/duplicates", {"by": "email"}).status_code == 403


def test_on_screen_groups_are_compared_told_apart_counted_and_merged(alice, crowd):
    client, page = Client(), "/contacts/duplicates"
    client.force_login(alice)
    ana, again, *_others = crowd
    shown = client.get(page).content.decode()
    assert f"/contacts/merge?ids={ana},{again}" in shown
    client.post(page, {"by": "email", "act": "count"})
    settle()
    assert "Groups: 1 · contacts too many: 1" in client.get(page).content.decode()
    client.post(page, {"by": "email", "act": "apart", "ids": f"{ana},{again}"})
    assert "No duplicates" in client.get(page).content.decode()
    client.post(page, {"by": "mobile", "act": "merge", "keep": "newest"})
    settle()
    assert "Groups: 1 · contacts fewer: 1" in client.get(page, {"by": "mobile"}).content.decode()
    assert survivor(ana) == crowd[2]
    assert client.get(page, {"by": "nonsense"}).status_code == 404


def test_on_screen_each_group_says_what_it_shares(alice, crowd):
    client, page = Client(), "/contacts/duplicates"
    client.force_login(alice)
    assert "06 12 34 56 78" in client.get(page, {"by": "mobile"}).content.decode()
    assert "Ondine" in client.get(page, {"by": "name"}).content.decode()


def test_on_screen_a_job_at_work_is_followed_until_it_is_over(alice, crowd):
    client, page = Client(), "/contacts/duplicates"
    client.force_login(alice)
    client.post(page, {"by": "email", "act": "count"})
    shown = client.get(page).content.decode()
    assert "Counting. Groups so far: 0" in shown
    assert "nothing was changed" not in shown
    part = client.get(page, headers={"HX-Target": "duplicates-job"})
    assert "Counting." in part.content.decode()
    assert "<html" not in part.content.decode()
    settle()
    over = client.get(page, headers={"HX-Target": "duplicates-job"})
    assert (over.headers["HX-Refresh"], over.content) == ("true", b"")
