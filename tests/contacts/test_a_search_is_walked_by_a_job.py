"""Bulk actions on a whole result are one job that keeps the search, and walks it once.

Rights are those of when it runs; a worker that dies does nothing twice.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.backoffice import doing
from contacts.models import Contact, ContactState
from contacts.services import bulk_actions, walking
from kernel import clock
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.models import Job
from tests.contacts.test_bulk_actions_on_screen import do, people, tags_of
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db
done: list[int] = []
deadly: set[int] = set()


@pytest.fixture
def screen(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A page whose small results are large ones, walked in small steps."""
    monkeypatch.setattr(doing, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(walking, "SLICE", 4)
    monkeypatch.setattr(bulk_actions, "BATCH", 2)
    client.force_login(alice)
    return client


@pytest.fixture(autouse=True)
def _dying():
    """An action under which the worker dies."""

    class Dying(ContactAction):
        key = "testing.dying"
        label = "Dying"

        def run(self, batch: Batch, now: Any) -> Outcomes:
            ContactState.objects.filter(contact__in=batch.contacts).update(points=1)
            if deadly & set(batch.contacts):
                raise SystemExit
            done.extend(batch.contacts)
            return Outcomes()

    done.clear()
    deadly.clear()
    contact_actions.register(Dying)
    yield
    contact_actions._entries.pop(Dying.key)


def work() -> Job:
    return Job.objects.get(kind="contacts.bulk_action")


def tag_all(client: Client, **search: str) -> Any:
    return do(client, "tags", [], whole="yes", search=urlencode(search), add="x")


def test_the_search_is_kept_not_whom_it_finds(screen: Client):
    ids = people(9, city="Paris")
    add(email="rome@example.com", city="Rome")
    tag_all(screen, filter='{"all":[{"field":"city","op":"is","value":"Paris"}]}')
    job = work()
    assert "contacts" not in job.args
    assert (job.args["count"], job.args["last"]) == (9, Contact.objects.latest("pk").pk)
    late = add(email="late@example.com", city="Paris")
    settle()
    assert [tags_of(pk) for pk in ids] == [["x"]] * 9
    assert tags_of(late.pk) == []
    job.refresh_from_db()
    assert (job.state, job.progress["done"]) == ("done", 9)
    assert AuditEntry.objects.get(verb="bulk").after["job"] == job.pk


def test_a_worker_that_dies_does_nothing_twice(screen: Client, alice: User):
    ids = people(11)
    job = bulk_actions.start(
        contact_actions.get("testing.dying")({}),
        walking.Search(),
        clock.now(),
        user_id=alice.pk,
    )
    deadly.add(ids[6])
    with pytest.raises(SystemExit):
        settle()
    job.refresh_from_db()
    assert (job.state, job.progress["done"]) == ("running", 6)
    assert ContactState.objects.filter(points=1).count() == 6
    deadly.clear()
    settle(clock.now() + timedelta(minutes=1))
    job.refresh_from_db()
    assert (job.state, job.progress["done"]) == ("done", 11)
    assert done == ids


def test_rights_are_those_of_when_it_runs(screen: Client, dora: User, alice: User, client: Client):
    hers = people(5, owner=dora.pk)
    others = [add(email=f"o{n}@example.com", owner=alice.pk).pk for n in range(3)]
    client.force_login(dora)
    tag_all(client)
    Contact.objects.filter(pk=hers[0]).update(owner=alice)
    settle()
    assert [bool(tags_of(pk)) for pk in (*hers, *others)] == [False] + [True] * 4 + [False] * 3


def test_who_may_no_longer_has_it_done_no_more(screen: Client, alice: User):
    ids = people(5)
    tag_all(screen)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    settle()
    assert work().state == "failed"
    assert [tags_of(pk) for pk in ids] == [[]] * 5
    User.objects.filter(pk=alice.pk).update(is_active=True, language="fr")
    page = screen.get("/contacts/work").content.decode()
    assert "ne peut plus" in page
    assert "Refusal" not in page


def test_one_can_be_stopped_by_whoever_asked(screen: Client, client: Client, dora: User):
    ids = people(5)
    tag_all(screen)
    job = work()
    assert f"/contacts/work/{job.pk}/stop" in screen.get("/contacts/work").content.decode()
    client.force_login(dora)
    assert client.post(f"/contacts/work/{job.pk}/stop").status_code == 404
    client.force_login(User.objects.get(pk=job.user_id))
    client.post(f"/contacts/work/{job.pk}/stop")
    settle()
    assert work().state == "cancelled"
    assert [tags_of(pk) for pk in ids] == [[]] * 5
    assert AuditEntry.objects.filter(kind="jobs", verb="cancel", object_id=job.pk).exists()
