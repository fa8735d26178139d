"""REL-37: an import is undone once, whole, and without taking what is known from elsewhere."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Role, User
from contacts.models import Contact, Erasure, Import, Suppression
from contacts.services.erase import drop, erase
from contacts.services.imports import run, undo
from contacts.services.merge import merge
from kernel import clock
from kernel.events import Fact, record
from kernel.jobs import Jobs
from kernel.models import Job
from tests.cast import client_of
from tests.contacts.imports.sending import counts, post, take
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db
FILE = "Email,City\n" + "".join(f"p{n}@example.com,Paris\n" for n in range(6))


def undone(api: APIClient, done: dict[str, Any]) -> tuple[str, int, int]:
    answer = api.post(f"/api/v1/imports/{done['id']}/undo")
    assert (answer.status_code, answer.json()["state"]) == (202, "undoing"), answer.content
    settle()
    after = api.get(f"/api/v1/imports/{done['id']}").json()
    return after["state"], after["undone"], after["kept"]


def of(number: int) -> Contact:
    return Contact.objects.get(email_key=f"p{number}@example.com")


def left() -> list[str]:
    return sorted(Contact.objects.values_list("email_key", flat=True))


def test_rel_37_who_was_created_is_forgotten_and_can_come_again(api: APIClient):
    known = add(email="p1@example.com", city="Rome")
    done = take(api, FILE)
    draft = post(api, FILE, path="/drafts").json()
    assert counts(done)[1:3] == (5, 1)
    assert undone(api, done) == ("undone", 5, 0)
    assert left() == ["p1@example.com"]
    assert Contact.objects.get(pk=known.pk).city == "Paris"
    again = api.post(f"/api/v1/imports/{done['id']}/undo")
    assert (again.status_code, left()) == (409, ["p1@example.com"])
    assert again.json()["errors"][0]["code"] == "undone"
    assert Erasure.objects.count() == 5
    # Also by a file that waited meanwhile: nobody asked to be forgotten.
    assert api.post(f"/api/v1/imports/drafts/{draft['id']}/start").status_code == 201
    settle()
    assert counts(api.get(f"/api/v1/imports/{draft['id']}").json()) == (6, 5, 0, 1, 0)


def test_who_is_known_for_more_stays(api: APIClient):
    done = take(api, FILE)
    api.patch(f"/api/v1/contacts/{of(0).pk}", {"city": "Rome"}, format="json")
    take(api, "Email,City\np1@example.com,Rome\n")
    now = clock.now()
    record("emails.opened", [Fact(of(2).pk, now)], now=now)
    record("shop.ordered", [Fact(of(3).pk, now)], now=now)
    record("emails.sent", [Fact(of(4).pk, now)], now=now)
    why = {"changed": 1, "other_import": 1, "active": 2, "written_to": 1}
    assert undo.foreseen(Import.objects.get(pk=done["id"])) == (1, why)
    assert undone(api, done) == ("undone", 1, 5)
    assert api.get(f"/api/v1/imports/{done['id']}").json()["kept_for"] == why
    assert left() == [f"p{n}@example.com" for n in range(5)]


def test_who_is_in_another_import_stays_though_that_changed_nothing(api: APIClient):
    done = take(api, FILE)
    second = take(api, "Email,City\np1@example.com,Paris\n")
    assert counts(second) == (1, 0, 0, 1, 0)
    assert undo.foreseen(Import.objects.get(pk=done["id"])) == (5, {"other_import": 1})
    assert undone(api, done) == ("undone", 5, 1)
    assert left() == ["p1@example.com"]


def test_a_person_named_twice_in_a_tagging_file_is_its_own(api: APIClient, monkeypatch):
    monkeypatch.setattr(run, "ROWS", 2)
    file = "Email,City,Tags\np0@example.com,Paris,\np1@example.com,Paris,\np0@example.com,Paris,x\n"
    done = take(api, file)
    assert undone(api, done) == ("undone", 2, 0)


def test_whoever_took_somebody_in_stays(api: APIClient):
    older = add(email="older@example.com")
    done = take(api, FILE)
    merge(older.pk, of(0).pk, clock.now())
    assert undone(api, done) == ("undone", 5, 1)
    assert left() == ["older@example.com"]


def test_several_rows_for_one_person_are_no_change_by_others(api: APIClient, monkeypatch):
    monkeypatch.setattr(run, "ROWS", 2)
    done = take(api, FILE + "p0@example.com,Lyon\np1@example.com,Paris\n")
    assert counts(done) == (8, 6, 1, 1, 0)
    assert undone(api, done) == ("undone", 6, 0)


def test_who_said_no_stays_closed(api: APIClient):
    done = take(api, "Email,Mail?\np0@example.com,no\n", opt_in={"column": "Mail?"})
    assert undone(api, done) == ("undone", 1, 0)
    assert Suppression.objects.get().kind == "hash"


def test_rel_37_a_stopped_import_is_undone_in_slices(api: APIClient, monkeypatch):
    monkeypatch.setattr(run, "ROWS", 2)
    monkeypatch.setattr(undo, "SLICE", 3)
    monkeypatch.setattr(undo, "TURN_SECONDS", -1)
    running = post(api, FILE).json()
    at = f"/api/v1/imports/{running['id']}"
    assert api.post(f"{at}/undo").status_code == 409
    settle()
    Import.objects.filter(pk=running["id"]).update(state="cancelled")
    assert undone(api, running) == ("undone", 6, 0)
    assert left() == []


@pytest.mark.parametrize("door", ["rest", "page", "jobs"])
def test_undoing_is_stopped_and_asked_for_again(
    api: APIClient, client: Client, alice: User, monkeypatch, door: str
):
    monkeypatch.setattr(undo, "SLICE", 2)
    monkeypatch.setattr(undo, "TURN_SECONDS", -1)
    done = take(api, FILE)
    at = f"/api/v1/imports/{done['id']}"
    assert api.post(f"{at}/undo").status_code == 202
    assert Jobs().work(clock.now())
    client.force_login(alice)
    assert 'data-opens="ask-stop"' in client.get(f"/imports/{done['id']}").content.decode()
    if door == "rest":
        assert api.post(f"{at}/cancel").status_code == 200
    elif door == "page":
        client.post(f"/imports/{done['id']}/stop")
    else:
        job = Job.objects.get(kind=undo.KIND)
        assert f"/jobs/{job.pk}/stop" in client.get("/jobs").content.decode()
        client.post(f"/jobs/{job.pk}/stop")
    settle()
    assert api.get(at).json()["state"] == "done"
    assert 0 < len(left()) < 6
    assert undone(api, done)[0] == "undone"
    assert left() == []


def test_rights_are_asked_and_asked_again(api: APIClient, alice: User):
    done = take(api, FILE)
    role = Role.objects.create(name="Imports", rights={"imports": {"view": "all", "edit": "all"}})
    other = User.objects.create_user("other@example.com", None, role=role)
    at = f"/api/v1/imports/{done['id']}"
    assert client_of(other).post(f"{at}/undo").status_code == 403
    assert api.post(f"{at}/undo").status_code == 202
    alice.role = role
    alice.save()
    settle()
    answer = api.get(at).json()
    assert (answer["state"], answer["undone"]) == ("done", 0)
    assert "delete" in answer["error"]
    assert len(left()) == 6


def test_others_people_stay_with_whoever_reaches_their_own(api: APIClient, dora: User):
    done = take(client_of(dora), FILE)
    Contact.objects.filter(pk=of(3).pk).update(owner=None)
    assert undone(client_of(dora), done) == ("undone", 5, 1)
    assert Import.objects.get().kept_for == {"not_yours": 1}


def test_it_says_on_screen_who_goes_before(client: Client, alice: User, api: APIClient):
    done = take(api, FILE)
    api.patch(f"/api/v1/contacts/{of(0).pk}", {"city": "Rome"}, format="json")
    client.force_login(alice)
    at = f"/imports/{done['id']}"
    assert f'hx-get="{at}/undo"' in client.get(at).content.decode()
    dialog = client.get(f"{at}/undo")
    assert (dialog.context["go"], dialog.context["stay"]) == (5, 1)
    assert "changed since: 1" in dialog.content.decode()
    assert client.post(f"{at}/undo")["Location"] == at
    assert client.get(f"{at}/progress").status_code == 200
    settle()
    page = client.get(at)
    assert [one["count"] for one in page.context["figures"]][-2:] == ["5", "1"]
    assert "Kept: changed since: 1" in page.content.decode()
    assert f'hx-get="{at}/undo"' not in page.content.decode()
    assert client.get(f"{at}/undo")["Location"] == at
    assert client.post(f"{at}/undo")["Location"] == at
    assert AuditEntry.objects.filter(kind="imports", verb="undo").count() == 1


def test_many_are_forgotten_as_one_is(api: APIClient):
    take(api, FILE)
    settle()
    assert erase(of(0).pk, clock.now())
    people = [of(n).pk for n in (1, 2)]
    assert drop([*people, 10**9], clock.now()) == people
    assert drop(people, clock.now()) == []
    assert left() == [f"p{n}@example.com" for n in (3, 4, 5)]
    assert Erasure.objects.count() == 3
