"""Clients that kept the id of somebody merged reach the survivor by it."""

import pytest
from rest_framework.test import APIClient

from contacts.models import ContactState, ContactTag
from kernel.models import Job
from segments.models import Member
from tests.contacts.exports.asking import rows_of
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
API = "/api/v1"
LYON = {"field": "city", "op": "is", "value": "Lyon"}


@pytest.fixture
def pair(api: APIClient) -> tuple[str, str]:
    """Return the survivor and who was merged into them."""
    ids = people({"email": "a@x.example", "city": "Lyon"}, {"email": "b@x.example"})
    winner, loser = map(str, ids)
    assert api.post(f"{API}/merges", {"winner": winner, "losers": [loser]}).status_code == 200
    return winner, loser


def test_an_action_reaches_the_survivor_once(api: APIClient, pair: tuple[str, str]):
    body = {"key": "tags.change", "config": {"add": ["vip"]}, "contacts": [*pair]}
    answer = api.post(f"{API}/actions", body, format="json")
    assert answer.status_code == 202, answer.json()
    settle()
    assert Job.objects.get(pk=answer.json()["id"]).progress["done"] == 1
    assert [str(tag.contact_id) for tag in ContactTag.objects.all()] == [pair[0]]


def test_a_segment_takes_the_survivor(api: APIClient, pair: tuple[str, str]):
    segment = api.post(f"{API}/segments", {"name": "By hand"}, format="json").json()["id"]
    at = f"{API}/segments/{segment}/contacts"
    answer = api.post(at, {"add": [pair[1]]}, format="json")
    assert answer.json() == {"added": 1, "removed": 0}
    assert str(Member.objects.get().contact_id) == pair[0]
    assert api.post(at, {"add": [pair[0]], "remove": [pair[1]]}, format="json").status_code == 400
    body = {"filter": LYON, "contact": pair[1]}
    assert api.post(f"{API}/segments/explain", body, format="json").json()["matches"] is True


def test_notes_tasks_and_exports_take_the_survivor(api: APIClient, pair: tuple[str, str]):
    for kind, more in (("notes", {"text": "Called"}), ("tasks", {"title": "Call"})):
        answer = api.post(f"{API}/{kind}", {"contact": pair[1], **more}, format="json")
        assert (answer.status_code, answer.json().get("contact")) == (201, pair[0])
        listed = api.get(f"{API}/{kind}?contact={pair[1]}").json()["results"]
        assert [row["contact"] for row in listed] == [pair[0]]
    assert [row["id"] for row in rows_of(api, ids=[*pair])] == [pair[0]]


def test_the_rank_of_a_merged_id_is_the_survivors(api: APIClient, pair: tuple[str, str]):
    ContactState.objects.filter(contact=pair[0]).update(activity_rank=7)
    assert api.get(f"{API}/contacts/{pair[1]}/activity-rank").json()["rank"] == 7
    assert api.get(f"{API}/contacts/999999/activity-rank").status_code == 404


def test_the_survivor_is_as_active_as_the_more_active_of_both(api: APIClient):
    winner, loser = people({"email": "c@x.example"}, {"email": "d@x.example"})
    ContactState.objects.filter(contact=winner).update(activity_rank=2)
    ContactState.objects.filter(contact=loser).update(activity_rank=8)
    api.post(f"{API}/merges", {"winner": str(winner), "losers": [str(loser)]})
    assert ContactState.objects.get(contact=winner).activity_rank == 8
