"""Duplicates are merged within rights and wishes, whoever goes meanwhile."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Role
from contacts.models import Contact, Merge
from contacts.services.erase import drop
from kernel import clock, preferences
from kernel.models import Job
from tests.cast import client_of, make_user
from tests.contacts.merging import people, under_way
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


@pytest.mark.parametrize("narrow", ["view", "edit", "delete"])
def test_the_least_right_to_see_change_and_delete_narrows_them(api, narrow):
    rights = {"contacts": {**dict.fromkeys(("view", "edit", "delete"), "all"), narrow: "own"}}
    eve = make_user("Eve", Role.objects.create(name="Narrow", rights=rights))
    alike(2)
    own = alike(2, "eve@x.example")
    Contact.objects.filter(pk__in=own).update(owner=eve)
    of_eve, client = client_of(eve), Client()
    client.force_login(eve)
    assert [row["contacts"] for row in of_eve.get(f"{API}/duplicates?by=email").json()["results"]]
    shown = client.get(PAGE).content.decode()
    assert ("eve@x.example" in shown, "ana@x.example" in shown) == (True, False)
    merge_all(of_eve)
    assert list(Merge.objects.values_list("loser_id", flat=True)) == [own[1]]


@pytest.mark.parametrize("dry", [False, True])
def test_who_was_told_apart_from_one_who_was_merged_stays_apart(api, dry):
    _first, second, third = alike(3)
    api.post(f"{API}/duplicates/apart", {"contacts": [second, third]})
    job = merge_all(api, dry=dry)
    assert job.progress["contacts"] == 1
    if not dry:
        assert Contact.objects.filter(pk=third).exists()
        assert Merge.objects.get().loser_id == second


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gone", [0, 1])
@pytest.mark.parametrize("by", ["rest", "screen"])
def test_one_who_goes_while_they_are_merged_is_told(api, client, gone, by):
    pair = alike(2)

    def send():
        try:
            if by == "screen":
                return client.post("/contacts/merge", {"ids": f"{pair[0]},{pair[1]}"})
            return api.post(f"{API}/merges", {"winner": str(pair[0]), "losers": [str(pair[1])]})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with under_way(lambda: drop([pair[gone]], clock.now())):
            answer = pool.submit(send)
            time.sleep(0.5)
        found = answer.result()
    if by == "rest":
        place = ("winner", "losers.0")[gone]
        (error,) = found.json()["errors"]
        assert (found.status_code, error["field"], error["code"]) == (400, place, "not_found")
    else:
        assert found.status_code == 302
    assert Merge.objects.count() == 0
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("place", ["%00", "a", "A" * 32, "0" * 33, "0" * 32 + "%0A"])
def test_a_place_that_was_never_told_is_refused(api, client, place):
    assert client.get(f"{PAGE}?after={place}").status_code == 404
    answer = api.get(f"{API}/duplicates?by=email&cursor={place}")
    # No text with such a sign gets as far as here.
    code = "invalid_text" if place == "%00" else "invalid_cursor"
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    assert client.get(f"{PAGE}?after={'0' * 32}").status_code == 200
