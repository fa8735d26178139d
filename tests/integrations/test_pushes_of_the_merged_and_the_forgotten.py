"""Who becomes one with another, or is forgotten: nothing of theirs is lost, doubled or kept."""

from datetime import timedelta

import pytest

from contacts.services import erase, merge
from contacts.services.restricting import Said, lift, restrict
from integrations.models import Link, Push
from integrations.services import asking, pushing
from kernel import clock
from kernel.models import Event
from tests.integrations.pushed import NO_FIND, claim, push, states
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_two_that_become_one_keep_one_record_and_the_other_is_told_of(api, crm, connect):
    row, [zoe, max_] = connect(), people(2)
    push(api, row, [zoe, max_])
    settle()
    kept = Link.objects.get(contact_id=zoe).remote_id
    push(api, row, [max_])
    merge.merge(zoe, max_, clock.now())
    settle()
    assert Link.objects.get(contact_id=zoe, former=False).remote_id == kept
    assert Link.objects.filter(contact_id=zoe, former=True).count() == 1
    assert not Push.objects.filter(contact_id=max_).exists()
    assert len(crm.records) == 2


def test_a_merge_under_way_loses_no_id_and_makes_no_second_one(api, crm, connect):
    row, [zoe, max_] = connect(), people(2)
    push(api, row, [max_])
    [(connector, handed)] = claim()
    came = connector.push(handed.records)
    push(api, row, [zoe])
    merge.merge(zoe, max_, clock.now())
    assert not pushing.is_due(clock.now())
    pushing._note(handed, came, clock.now())
    settle()
    assert len(crm.records) == 1
    assert Link.objects.get().contact_id == zoe


def test_who_is_forgotten_leaves_nothing_here_even_under_way(api, crm, connect):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    [(connector, handed)] = claim()
    came = connector.push(handed.records)
    erase.erase(zoe, clock.now())
    pushing._note(handed, came, clock.now())
    settle()
    assert not Link.objects.exists()
    assert not Push.objects.exists()
    assert not Event.objects.filter(contact_id=zoe).exists()


def test_what_is_asked_for_too_late_for_an_erased_contact_is_dropped(api, crm, connect, shift):
    row, [zoe] = connect(), people(1)
    erase.erase(zoe, clock.now())
    asking.ask(row.pk, [zoe], ["late"], clock.now())
    settle()
    assert not Push.objects.exists()
    assert crm.calls == []


def test_who_is_restricted_meanwhile_is_not_pushed_and_the_log_says_why(api, crm, connect):
    row, [zoe, max_] = connect(), people(2)
    push(api, row, [zoe, max_])
    restrict([zoe], "claims", Said("user:1"), clock.now())
    settle()
    assert [record["emailAddress"] for record in crm.records.values()] == ["p1@example.com"]
    [line] = ok(api.get(f"/api/v1/connections/{row.pk}/pushes?state=failed"))["results"]
    assert (line["contact"], "restricted" in line["problem"]) == (str(zoe), True)
    lift([zoe], Said("user:1"), clock.now())
    assert ok(api.post(f"/api/v1/connections/{row.pk}/push-again"), 202) == {"asked": 1, "left": 0}
    settle()
    assert states(row) == ["FAILED", "SENT", "SENT"]


def test_whether_a_record_of_the_restricted_was_made_is_not_forgotten(api, crm, connect, shift):
    row, [zoe] = connect(settings=NO_FIND), people(1)
    push(api, row, [zoe])
    [(connector, handed)] = claim()
    connector.push(handed.records)
    restrict([zoe], "claims", Said("user:1"), clock.now())
    shift(timedelta(minutes=3))
    settle()
    assert states(row) == ["FAILED"]
    lift([zoe], Said("user:1"), clock.now())
    push(api, row, [zoe])
    settle()
    assert (states(row), len(crm.records)) == (["FAILED", "UNCERTAIN"], 1)
