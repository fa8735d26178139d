"""What fails is tried again, and is no trouble of other systems: down, slow, refusing, misread."""

import threading
from datetime import timedelta

import pytest

from integrations.models import Push
from kernel.models import Event
from notices.models import Notice
from tests.integrations.crm import Crm
from tests.integrations.pushed import NO_FIND, push, states
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_a_system_that_is_down_is_tried_for_days_and_makes_nobody_uncertain(
    api, crm, connect, shift
):
    row, [zoe] = connect(settings=NO_FIND), people(1)
    crm.close()
    push(api, row, [zoe])
    settle()
    for _day in range(13):
        assert states(row) == ["QUEUED"]
        shift(timedelta(days=1))
        settle()
        if states(row) == ["FAILED"]:
            break
    assert states(row) == ["FAILED"]


def test_a_system_that_asks_for_a_pause_gets_it(api, crm, connect, shift):
    row, contacts = connect(), people(6)
    crm.faults, crm.more = [429] * 4, {"Retry-After": "600"}
    push(api, row, contacts)
    settle()
    tried = len(crm.calls)
    assert tried <= 4
    shift(timedelta(minutes=9))
    settle()
    assert len(crm.calls) == tried
    crm.more = {}
    shift(timedelta(minutes=2))
    settle()
    assert set(states(row)) == {"SENT"}
    assert not Notice.objects.exists()


def test_a_wrong_secret_fails_nobody_pauses_and_is_told_once(api, alice, crm, connect, shift):
    row, contacts = connect(settings={"secret": "wrong"}), people(20)
    push(api, row, contacts)
    settle()
    assert len(crm.calls) <= 4
    assert set(states(row)) == {"QUEUED"}
    assert Notice.objects.get().user == alice
    fresh = ok(api.get(f"/api/v1/connections/{row.pk}"))
    assert "401" in fresh["trouble"]
    settings = {**fresh["settings"], "secret": "key-of-the-crm"}
    ok(api.patch(f"/api/v1/connections/{row.pk}", {"settings": settings}))
    settle()
    assert set(states(row)) == {"SENT"}


def test_what_it_refuses_fails_and_can_be_tried_again(api, crm, connect):
    row, [zoe] = connect(), people(1)
    crm.faults = [None, 400]
    push(api, row, [zoe])
    settle()
    [line] = ok(api.get(f"/api/v1/connections/{row.pk}/pushes"))["results"]
    assert (line["state"], "400" in line["problem"]) == ("failed", True)
    assert "key-of-the-crm" not in Push.objects.get().answer
    ok(api.post(f"/api/v1/connections/{row.pk}/push-again", {"pushes": [line["id"]]}), 202)
    settle()
    assert states(row) == ["FAILED", "SENT"]
    assert Event.objects.filter(contact_id=zoe, subject_id=row.pk).count() == 2


def test_a_slow_system_holds_up_its_own_pushes_alone(api, crm, connect):
    slow, fast, there = Crm(), crm, []
    slow.gate.clear()
    first = connect(name="Slow", settings={"base_url": slow.url})
    second = connect(name="Fast")
    contacts = people(30)
    for row in (first, second):
        push(api, row, contacts)

    def let_go_when_the_others_are_there():
        # Asked again and again, for as long as the slow one answers nobody.
        while len(fast.records) < 30 and not over.wait(0.02):
            pass
        there.append(len(fast.records))
        slow.gate.set()

    over = threading.Event()
    watcher = threading.Thread(target=let_go_when_the_others_are_there)
    watcher.start()
    settle()
    over.set()
    watcher.join()
    slow.close()
    assert there == [30]
    assert set(states(second)) == {"SENT"}


def test_only_what_failed_last_is_tried_again(api, crm, connect):
    row, [zoe] = connect(), people(1)
    crm.faults = [None, 400]
    for _twice in range(2):
        push(api, row, [zoe])
        settle()
    assert states(row) == ["FAILED", "SENT"]
    assert ok(api.post(f"/api/v1/connections/{row.pk}/push-again"), 202) == {"asked": 0, "left": 0}


def test_a_connection_that_cannot_be_read_is_no_others_trouble(api, crm, connect):
    broken, well, [zoe] = connect(name="Broken"), connect(name="Well"), people(1)
    # As an older version may have written it.
    type(broken).objects.filter(pk=broken.pk).update(mapping=[{"remote": "a"}])
    for row in (broken, well):
        push(api, row, [zoe])
    settle()
    assert (states(broken), states(well)) == (["QUEUED"], ["SENT"])
