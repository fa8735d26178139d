"""Bulk jobs go on where a question is slow, and where they were asked before an upgrade."""

from typing import Any

import pytest

from accounts.models import User
from contacts.models import Contact
from contacts.services import bulk_actions, walking
from contacts.services.searches import Search
from kernel import clock, filters, jobs
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.models import Job
from tests.contacts.test_bulk_actions_on_screen import people, tags_of
from tests.settle import settle

pytestmark = pytest.mark.django_db
EVERYBODY = {"field": "email", "op": "is_not_empty"}
bulk: list[bool] = []


@pytest.fixture(autouse=True)
def _told():
    """An action that notes which lane it takes, a question that takes its time."""

    class Noting(ContactAction):
        key, label = "testing.noting", "Noting"

        def run(self, batch: Batch, now: Any) -> Outcomes:
            bulk.append(batch.bulk)
            return Outcomes()

    class Sleepy(filters.ContactFilter):
        key, label, names, keys = "testing.sleepy", "Sleepy", "sleepy", frozenset({"sleepy"})

        @classmethod
        def read(cls, config: Any, reading: Any) -> "Sleepy":
            return cls(config)

        def predicate(self, mode: Any) -> Any:
            return filters.Sql("pg_sleep(0.1)::text = ''")

        def reads(self) -> set[str]:
            return set()

    bulk.clear()
    contact_actions.register(Noting)
    filters.contact_filters.register(Sleepy)
    yield
    contact_actions._entries.pop(Noting.key)
    filters.contact_filters._entries.pop(Sleepy.key)


def test_a_slow_slice_is_asked_in_smaller_ones(alice: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(walking, "PATIENCE_MS", 550)
    people(9)
    action = contact_actions.get("testing.noting")({})
    search = Search(tree={"sleepy": True})
    job = bulk_actions.start(action, search, clock.now(), user_id=alice.pk)
    settle()
    job.refresh_from_db()
    assert (job.state, job.progress.get("done")) == ("done", 9), job.error


@pytest.mark.parametrize("asked", ["filter", "contacts"])
def test_jobs_from_before_an_upgrade_are_done(alice: User, asked: str):
    ids = people(3)
    whom = {"filter": EVERYBODY} if asked == "filter" else {"contacts": ids[::-1]}
    args = {"key": "tags.change", "config": {"add": ["x"]}, "only_own": False, **whom}
    jobs.enqueue(bulk_actions.KIND, args, now=clock.now(), user_id=alice.pk)
    settle()
    assert Job.objects.get(kind=bulk_actions.KIND).state == "done"
    assert [tags_of(pk) for pk in ids] == [["x"]] * 3


def test_a_filter_of_unknown_size_lets_people_go_first(api):
    people(2)
    for whom in ({"filter": EVERYBODY}, {"contacts": [Contact.objects.first().pk]}):
        body = {"key": "testing.noting", **whom}
        assert api.post("/api/v1/actions", body, format="json").status_code == 202
        settle()
    assert bulk == [True, False]
