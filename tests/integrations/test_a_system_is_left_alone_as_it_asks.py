"""A system that says "later" or refuses everybody is left alone, and nobody's push ends of it."""

from datetime import timedelta

import pytest

from integrations.models import Connection
from integrations.services import pushing
from kernel import clock
from kernel.connectors import How, Pushed
from notices.models import Notice
from tests.integrations.pushed import NO_FIND, claim, push, states
from tests.journey import people
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [401, 403, 429])
def test_to_come_back_at_once_is_no_leave_to_hammer(api, crm, connect, shift, status):
    row, contacts = connect(), people(10)
    crm.faults, crm.more = [status] * 100, {"Retry-After": "0"}
    push(api, row, contacts)
    settle()
    for _minute in range(10):
        shift(timedelta(minutes=1))
        settle()
    assert len(crm.calls) <= 12
    assert set(states(row)) == {"QUEUED"}


def test_who_says_nothing_but_later_for_hours_is_told_of(api, alice, crm, connect, shift):
    row, contacts = connect(), people(2)
    crm.faults, crm.more = [429] * 100, {"Retry-After": "60"}
    push(api, row, contacts)
    for _half_hour in range(5):
        settle()
        assert not Notice.objects.exists()
        shift(timedelta(minutes=30))
    for _half_hour in range(3):
        shift(timedelta(minutes=30))
        settle()
    assert Notice.objects.get().user == alice
    assert "429" in Connection.objects.get().trouble
    crm.faults, crm.more = [], {}
    shift(timedelta(hours=2))
    settle()
    assert set(states(row)) == {"SENT"}
    assert Connection.objects.get().deferrals == 0


def test_what_is_refused_to_everybody_ends_nobodys_push(api, crm, connect, shift):
    row, [zoe] = connect(settings=NO_FIND), people(1)
    crm.faults = [401] * 1000
    push(api, row, [zoe])
    for _day in range(10):
        settle()
        shift(timedelta(days=1))
    assert states(row) == ["QUEUED"]
    # Its tries count from the first that was its own.
    crm.faults = [429]
    settle()
    assert states(row) == ["QUEUED"]
    shift(timedelta(days=1))
    settle()
    assert states(row) == ["SENT"]


def test_who_waited_long_for_a_pause_to_end_is_tried_for_days_all_the_same(
    api, crm, connect, shift
):
    row, [zoe] = connect(settings=NO_FIND), people(1)
    Connection.objects.update(active=False)
    Connection.objects.filter(pk=row.pk).update(active=True, paused_until="2100-01-01T00:00Z")
    push(api, row, [zoe])
    shift(timedelta(days=20))
    Connection.objects.update(paused_until=None)
    crm.faults = [429]
    settle()
    assert states(row) == ["QUEUED"]
    shift(timedelta(hours=1))
    settle()
    assert states(row) == ["SENT"]


def noted(api, row, *outcomes):
    """Note outcomes of calls that were under way together."""
    push(api, row, people(len(outcomes)))
    calls = claim()
    for (_connector, handed), pushed in zip(calls, outcomes, strict=True):
        pushing._note(handed, [pushed], clock.now())
    row.refresh_from_db()


def test_an_answer_that_was_under_way_ends_no_pause(api, crm, connect):
    row = connect()
    later = Pushed(How.LATER, problem="status:429", after=600)
    noted(api, row, later, Pushed(How.SENT, "r1"))
    assert row.paused_until > clock.now() + timedelta(minutes=9)
    assert row.deferrals == 1


def test_calls_that_are_refused_together_count_once(api, crm, connect):
    row = connect()
    noted(api, row, *[Pushed(How.REFUSED, problem="status:401")] * 4)
    assert row.failures == 1
    assert row.paused_until < clock.now() + timedelta(minutes=3)
