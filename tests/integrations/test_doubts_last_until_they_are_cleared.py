"""A record that may have been made is looked for by what it was made with, and not too soon."""

from datetime import timedelta

import pytest

from contacts.models import Contact
from contacts.services import merge
from integrations.models import Link, Push, PushState
from integrations.services import asking, hurrying, people
from kernel import clock
from kernel.models import Job
from tests import journey
from tests.integrations.pushed import methods, push, states
from tests.journey import ok
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1/connections"
NOBODY = (200, '{"list": []}')


@pytest.fixture
def doubt(api, crm, connect):
    """Make a record whose answer never came; return its connection and contact."""
    row, [zoe] = connect(), journey.people(1)
    crm.faults = [None, "cut"]
    push(api, row, [zoe])
    settle()
    assert states(row) == ["UNCERTAIN"]
    return row, zoe


def later(shift):
    shift(timedelta(minutes=10))
    settle()


def test_whoever_changes_a_connection_does_not_hurry_what_is_not_found_yet(
    api, alice, client, crm, doubt, shift
):
    row, _zoe = doubt
    client.force_login(alice)
    # As searches lag behind.
    crm.faults = [NOBODY]
    ok(api.patch(f"{V1}/{row.pk}", {"name": "Mine"}))
    client.post(f"/settings/connections/{row.pk}/resume")
    settle()
    assert methods(crm) == ["GET", "POST"]
    crm.faults = []
    later(shift)
    assert (states(row), len(crm.records)) == (["SENT"], 1)


def test_what_waits_is_hurried_by_and_by_past_what_is_in_doubt(
    api, crm, connect, doubt, monkeypatch
):
    monkeypatch.setattr(hurrying, "AT_ONCE", 2)
    monkeypatch.setattr(hurrying, "TURN_SECONDS", -1)
    row, zoe = doubt
    push(api, row, journey.people(5, start=1))
    others = Push.objects.exclude(contact_id=zoe)
    others.update(due_at=clock.now() + timedelta(hours=3))
    ok(api.patch(f"{V1}/{row.pk}", {"name": "Mine"}))
    assert not others.filter(due_at__lte=clock.now()).exists()
    settle()
    assert states(row) == ["UNCERTAIN", *["SENT"] * 5]
    assert Job.objects.get(kind=hurrying.KIND).state == Job.State.DONE


def test_who_has_another_value_by_now_is_looked_for_by_the_former_first(crm, doubt, shift):
    row, zoe = doubt
    Contact.objects.filter(pk=zoe).update(email="new@example.com")
    later(shift)
    [record] = crm.records.values()
    assert (states(row), record["emailAddress"]) == (["SENT"], "new@example.com")


def test_another_match_of_the_connection_finds_what_was_made_before(api, crm, doubt, shift):
    row, zoe = doubt
    Contact.objects.filter(pk=zoe).update(city="Ulm")
    ok(api.patch(f"{V1}/{row.pk}", {"match": "contact.city"}))
    later(shift)
    assert (states(row), len(crm.records)) == (["SENT"], 1)


@pytest.mark.parametrize("asked", [False, True])
def test_a_survivor_with_another_value_finds_what_was_made_for_the_other(
    api, crm, doubt, shift, asked
):
    row, zoe = doubt
    [max_] = journey.people(1, start=7)
    if asked:
        push(api, row, [max_])
    merge.merge(max_, zoe, clock.now())
    settle()
    # Not at once, either.
    assert methods(crm) == ["GET", "POST"]
    later(shift)
    assert len(crm.records) == 1
    assert Link.objects.get().contact_id == max_


def test_nobody_under_either_value_is_made_once(crm, doubt, shift):
    row, zoe = doubt
    crm.records.clear()
    Contact.objects.filter(pk=zoe).update(email="new@example.com")
    later(shift)
    assert methods(crm)[2:] == ["GET", "GET", "POST"]
    assert states(row) == ["SENT"]
    assert Push.objects.get().sought == []


def test_what_is_found_on_its_last_try_is_still_changed(api, crm, connect):
    row, [zoe] = connect(), journey.people(1)
    crm.records["7f"] = {"id": "7f", "emailAddress": "p0@example.com"}
    push(api, row, [zoe])
    Push.objects.update(attempts=10)
    settle()
    assert (states(row), methods(crm)) == (["SENT"], ["GET", "PUT"])


def test_a_doubt_is_kept_longer_than_the_log(api, doubt):
    row, zoe = doubt
    now = clock.now()
    Push.objects.update(state=PushState.FAILED, finished_at=now - timedelta(days=100))
    assert people.count_older(now) == 0
    assert people.forget_older(now, now) == 0
    asking.ask(row.pk, [zoe], ["hand:1"], now)
    assert Push.objects.get(state=PushState.QUEUED).making
    assert people.count_older(now) == people.forget_older(now, now) == 1
