"""Many people are deleted at once: asked for by number, within rights, forgotten everywhere."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.backoffice import forgetting
from contacts.models import Contact, Erasure
from kernel.models import Job
from tests.contacts.test_bulk_actions_on_screen import do, people
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db
PARIS = 'filter={"field":"city","op":"is","value":"Paris"}'


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_a_few_are_deleted_after_a_question(screen: Client):
    ids = people(3)
    asked = screen.post("/contacts/bulk/delete", {"ids": f"{ids[0]},{ids[1]}"}).content.decode()
    assert "Delete 2 contacts for good" in asked
    assert "cannot be undone" in asked
    assert Contact.objects.count() == 3
    do(screen, "delete", ids[:2])
    assert list(Contact.objects.values_list("pk", flat=True)) == ids[2:]
    assert set(Erasure.objects.values_list("contact_id", flat=True)) == set(ids[:2])
    told = AuditEntry.objects.filter(kind="contacts", verb="delete")
    assert {(entry.object_id, entry.name) for entry in told} == {(pk, "") for pk in ids[:2]}
    last = list(screen.get("/contacts").context["messages"])[-1]
    assert (str(last), last.extra_tags or "") == ("2 contacts deleted", "")


def test_many_are_deleted_by_whoever_types_how_many(screen: Client):
    ids = people(forgetting.TYPED_ABOVE + 1)
    asked = screen.post("/contacts/bulk/delete", {"ids": ",".join(map(str, ids))})
    assert 'data-unlocks="11' in asked.content.decode()
    for typed in ("", "10", "eleven"):
        assert do(screen, "delete", ids, typed=typed).status_code == 422
    assert Contact.objects.count() == len(ids)
    do(screen, "delete", ids, typed="11")
    assert not Contact.objects.exists()


def test_a_whole_result_is_a_job_that_deletes_whom_the_list_shows(
    screen: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    monkeypatch.setattr(forgetting, "TYPED_ABOVE", 2)
    people(4, city="Paris")
    other = add(email="other@example.com", city="Rome").pk
    sent: dict[str, Any] = {"whole": "yes", "search": PARIS}
    assert do(screen, "delete", [], **sent, typed="5").status_code == 422
    do(screen, "delete", [], **sent, typed="4")
    job = Job.objects.get(kind="contacts.bulk_delete")
    late = add(email="late@example.com", city="Paris").pk
    assert "Delete contacts" in screen.get("/contacts/work").content.decode()
    settle()
    assert set(Contact.objects.values_list("pk", flat=True)) == {other, late}
    job.refresh_from_db()
    assert (job.state, job.progress["done"]) == (Job.State.DONE, 4)
    # Whom it looked for goes with them.
    assert job.args["search"] is None
    assert screen.get("/contacts/work").status_code == 200
    told = AuditEntry.objects.filter(kind="contacts").values("name", "before", "after")
    assert "example.com" not in str(list(told))


def test_a_job_deletes_nothing_more_once_its_author_may_not(
    screen: Client, alice: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forgetting, "AT_ONCE", 1)
    people(3)
    do(screen, "delete", [], whole="yes", search="")
    alice.role.rights = {"contacts": {"view": "all", "edit": "all"}}
    alice.role.built_in = None
    alice.role.save()
    settle()
    assert Contact.objects.count() == 3
    job = Job.objects.get(kind="contacts.bulk_delete")
    assert (job.state, job.args["search"]) == (Job.State.FAILED, None)


def test_a_job_that_was_stopped_forgets_whom_it_looked_for(
    screen: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forgetting, "AT_ONCE", 1)
    people(2, city="Paris")
    do(screen, "delete", [], whole="yes", search=PARIS)
    job = Job.objects.get(kind="contacts.bulk_delete")
    assert "Paris" in str(job.args)
    screen.post(f"/contacts/work/{job.pk}/stop")
    job.refresh_from_db()
    assert (job.state, job.args["search"]) == (Job.State.CANCELLED, None)


def test_others_contacts_are_left_and_viewers_delete_nobody(
    client: Client, dora: User, alice: User, bob: User
):
    hers = add(email="h@example.com", owner=dora.pk).pk
    others = add(email="o@example.com", owner=alice.pk).pk
    client.force_login(dora)
    do(client, "delete", [hers, others])
    assert list(Contact.objects.values_list("pk", flat=True)) == [others]
    client.force_login(bob)
    assert do(client, "delete", [others]).status_code in {403, 404}
    assert Contact.objects.count() == 1
