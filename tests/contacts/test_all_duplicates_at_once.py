"""All duplicates at once: whole groups over several turns, bounded pages, and a way to stop."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact, Distinct, Merge
from contacts.services import merging_duplicates
from kernel import preferences
from kernel.models import Job
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
API, PAGE = "/api/v1", "/contacts/duplicates"


@pytest.fixture(autouse=True)
def shared() -> None:
    preferences.put("contacts.unique_kinds", [])


@pytest.fixture
def client(alice) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def alike(number: int, email: str = "ana@x.example") -> list[int]:
    return people(*({"email": email} for _ in range(number)))


def merge_all(api, **asked) -> Job:
    answer = api.post(f"{API}/duplicates/merge", {"by": "email", **asked})
    assert answer.status_code == 202, answer.json()
    settle()
    return Job.objects.get(pk=answer.json()["id"])


@pytest.mark.parametrize(("keep", "place"), [("oldest", 0), ("newest", -1)])
def test_a_large_group_is_merged_whole_over_several_turns(api, monkeypatch, keep, place):
    monkeypatch.setattr("contacts.services.duplicates.MOST_IN_GROUP", 3)
    monkeypatch.setattr(merging_duplicates, "TURN_SECONDS", 0)
    monkeypatch.setattr(merging_duplicates, "SHARE", 0)
    crowd = alike(7)
    job = merge_all(api, keep=keep)
    assert job.state == "done"
    assert Contact.objects.get().pk == crowd[place]
    assert (job.progress["groups"], job.progress["contacts"]) == (1, 6)


def test_who_changed_since_groups_were_found_is_left_alone(api, monkeypatch):
    first, second, third = alike(3)
    found = merging_duplicates.duplicates.whole

    def then_changed(*asked):
        answer = found(*asked)
        other = {"email": "other@x.example", "email_key": "other@x.example"}
        Contact.objects.filter(pk=second).update(**other)
        return answer

    monkeypatch.setattr(merging_duplicates.duplicates, "whole", then_changed)
    merge_all(api)
    assert list(Merge.objects.values_list("winner_id", "loser_id")) == [(first, third)]


def test_looking_for_too_long_ends_the_job_in_words(api, monkeypatch):
    monkeypatch.setattr(merging_duplicates, "PATIENCE_MS", 1)
    people(*({"email": f"{n}@x.example"} for n in range(3_000)))
    job = merge_all(api, keep="oldest")
    assert (job.state, job.error) == ("failed", merging_duplicates.SLOW)


def test_a_page_of_groups_asks_as_often_as_one_group(client):
    counts = []
    for groups in (1, 15):
        for number in range(groups):
            alike(2, f"{groups}-{number}@x.example")
        client.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_more_than_a_hundred_are_not_told_apart_at_once(client):
    crowd = alike(101)
    assert 'value="apart"' not in client.get(PAGE).content.decode()
    client.post(PAGE, {"by": "email", "act": "apart", "ids": ",".join(map(str, crowd))})
    assert Distinct.objects.count() == 0
    assert "At most 100 contacts" in client.get(PAGE).content.decode()
    client.post(PAGE, {"by": "email", "act": "apart", "ids": ",".join(map(str, crowd[:100]))})
    assert Distinct.objects.count() == 4_950


@pytest.mark.parametrize("place", ["/contacts/work/{}/stop", "/jobs/{}/stop"])
def test_merging_all_is_stopped_by_whose_it_is(client, alice, place):
    alike(2)
    job = merging_duplicates.start("email", "oldest", dry=False, user_id=alice.pk)
    job.progress = {"after": "f" * 32, "contacts": 4}
    job.save()
    stop = f"/contacts/work/{job.pk}/stop"
    assert stop in client.get(PAGE).content.decode()
    assert stop in client.get("/contacts/work").content.decode()
    assert client.post(place.format(job.pk)).status_code == 302
    settle()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert Contact.objects.count() == 2
    assert stop not in client.get(PAGE).content.decode()
