"""PRV-15: exports need the right, are told to the trail, live a day, and are their owner's."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Role, User
from contacts.models import Company, Export
from contacts.services.erase import erase
from contacts.services.exports.clean import clean
from contacts.services.merge import merge
from kernel import clock
from tests.cast import client_of, make_user
from tests.contacts.exports.asking import ask, content, exported, left_behind, rows_of
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db
PARIS = {"field": "city", "op": "is", "value": "Paris"}


@pytest.fixture(autouse=True)
def _people(alice: User, dora: User) -> None:
    add(email="hers@example.com", city="Paris", owner=dora.pk)
    add(email="alices@example.com", city="Paris", owner=alice.pk)


def file_of(row: Export) -> str:
    return f"/api/v1/exports/{row.pk}/file"


def test_anothers_export_does_not_exist(api: APIClient, alice: User, client: Client):
    row = exported(api, everything=True)
    second = make_user("Second", Role.objects.get(built_in="administrator"))
    other = client_of(second)
    assert other.get(file_of(row)).status_code == 404
    assert other.get(f"/api/v1/exports/{row.pk}").status_code == 404
    assert other.post(f"/api/v1/exports/{row.pk}/cancel").status_code == 404
    client.force_login(second)
    assert client.get(f"/exports/{row.pk}/file").status_code == 404
    assert client.post(f"/exports/{row.pk}/stop").status_code == 404
    assert content(api, row)


def test_the_file_is_gone_after_a_day(api: APIClient):
    row = exported(api, everything=True)
    assert row.expires_at - row.finished_at == timedelta(hours=24)
    later = clock.now() + timedelta(hours=24, seconds=1)
    Export.objects.filter(pk=row.pk).update(expires_at=clock.now())
    assert api.get(file_of(row)).status_code == 404
    assert left_behind() != []
    clean(later)
    row.refresh_from_db()
    assert (row.state, row.file, row.chosen, left_behind()) == ("expired", "", {}, [])


def test_who_was_erased_leaves_no_file_behind(api: APIClient):
    gone = add(email="gone@example.com").pk
    row = exported(api, everything=True)
    erase(gone, clock.now())
    assert api.get(file_of(row)).status_code == 404
    clean(clock.now())
    assert left_behind() == []
    assert len(rows_of(api, everything=True)) == 2


def test_who_was_being_erased_as_it_was_read_leaves_no_file_behind(api: APIClient):
    slow = add(email="slow@example.com").pk
    row = exported(api, everything=True)
    # It began before, and waited for locks meanwhile.
    erase(slow, row.created_at - timedelta(minutes=1))
    assert api.get(file_of(row)).status_code == 404
    clean(clock.now())
    assert left_behind() == []
    assert content(api, exported(api, everything=True))


def test_only_files_that_hold_who_was_erased_end_and_say_why(api: APIClient, client: Client, alice):
    gone, stays = add(email="gone@example.com").pk, add(email="stays@example.com").pk
    without, with_them = exported(api, ids=[stays]), exported(api, everything=True)
    of_companies = exported(api, source="contacts.companies", everything=True)
    erase(gone, clock.now())
    client.force_login(alice)
    for _cleaned in range(2):
        assert content(api, without)
        assert content(api, of_companies)
        told = api.get(f"/api/v1/exports/{with_them.pk}").json()
        assert told["state"] == "expired"
        assert "Somebody in this file was erased" in told["error"]
        assert client.get("/exports").content.decode().count("Somebody in this file") == 1
        assert api.get(f"/api/v1/exports/{without.pk}").json()["state"] == "done"
        clean(clock.now())


def test_whom_somebody_had_been_before_ends_a_file_too(api: APIClient):
    winner, loser = add(email="new@example.com").pk, add(email="old@example.com").pk
    row = exported(api, ids=[loser])
    merge(winner, loser, clock.now())
    assert content(api, row)
    erase(winner, clock.now())
    assert api.get(file_of(row)).status_code == 404


def test_who_may_not_export_is_refused(api_bob: APIClient, api_charlie: APIClient):
    for client in (api_bob, api_charlie):
        assert ask(client, everything=True).status_code == 403
    assert not Export.objects.exists()


def test_the_right_is_asked_again_when_it_is_fetched(api: APIClient, alice: User):
    row = exported(api, everything=True)
    alice.role = Role.objects.create(name="Looks", rights={"*": {"view": "all"}})
    alice.save()
    assert api.get(file_of(row)).status_code == 403
    rights = {"*": {"view": "own", "export": "all"}}
    alice.role = Role.objects.create(name="Own", rights=rights)
    alice.save()
    assert api.get(file_of(row)).status_code == 403


def test_the_right_is_asked_again_when_it_is_written(api: APIClient, alice: User):
    ask(api, everything=True)
    alice.role = Role.objects.create(name="Looks", rights={"*": {"view": "all"}})
    alice.save()
    settle()
    assert Export.objects.get().state == "failed"
    assert left_behind() == []


def test_who_sees_their_own_gets_their_own(dora: User):
    rights = {"*": {"view": "own", "export": "all"}}
    dora.role = Role.objects.create(name="Exports own", rights=rights)
    dora.save()
    assert [row["email"] for row in rows_of(client_of(dora), filter=PARIS)] == ["hers@example.com"]


def test_whoever_sees_their_own_contacts_counts_these_alone(dora: User, client: Client):
    rights = {"contacts": {"view": "own"}, "companies": {"view": "all", "export": "all"}}
    dora.role = Role.objects.create(name="Own", rights=rights)
    dora.save()
    add(email="mine@example.com", company="Acme", owner=dora.pk)
    add(email="other@example.com", company="Acme")
    [row] = rows_of(client_of(dora), source="contacts.companies", everything=True)
    assert row["people"] == "1"
    client.force_login(dora)
    company = Company.objects.get()
    for at in ("/companies", f"/companies/{company.pk}"):
        page = client.get(at)
        assert f'href="/contacts?company={company.pk}">1<' in "".join(
            page.content.decode().split("\n")
        )


def test_a_token_reaches_no_further_than_its_scopes(alice: User):
    assert ask(client_of(alice, {"segments": "write"}), everything=True).status_code == 403
    assert len(rows_of(client_of(alice, {"contacts": "read"}), everything=True)) == 2


def test_asking_and_fetching_are_told_to_the_trail(api: APIClient, alice: User, client: Client):
    row = exported(api, filter=PARIS, search="alices", columns=["email"])
    content(api, row)
    client.force_login(alice)
    answer = client.get(f"/exports/{row.pk}/file")
    assert b"".join(answer.streaming_content).count(b"\r\n") == 2
    assert answer["Cache-Control"] == "no-store"
    deeds = AuditEntry.objects.filter(kind="exports", object_id=row.pk).order_by("pk")
    assert [deed.verb for deed in deeds] == ["create", "download", "download"]
    assert {deed.user_id for deed in deeds} == {alice.pk}
    # How they were chosen, but never the words: these name people, who may be erased.
    same = {"source": "contacts.contacts", "format": "csv", "columns": ["email"]}
    for deed in deeds:
        rows = {"rows": 0 if deed.verb == "create" else 1}
        assert deed.after == same | rows | {"chosen_by": ["filter", "text"]}
    row.refresh_from_db()
    assert row.downloads == 2
