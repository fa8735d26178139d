"""The sweeper asks every second whether anything is due: by one statement a queue."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.models import Run, State
from channels.services import finishing
from channels.services.channel import Channel
from emails.services.channel import EMAILS
from kernel import preferences
from kernel.queues import queues
from sms.services.channel import SMS
from tests.emails.people import NOW, make_email
from tests.sms.people import make_text

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("channel", [EMAILS, SMS])]
SECOND = timedelta(seconds=1)


def begun(channel: Channel, state: str, **values: Any) -> Any:
    message = (make_email if channel is EMAILS else make_text)(type="segment")
    return channel.run.objects.create(
        **{channel.subject: message, "at": NOW, "state": state, **values}
    )


def written(channel: Channel, run: int = 0, **values: Any) -> Any:
    shape = {channel.column: 1, "run_id": run, "contact_id": 1, "due_at": NOW, "cause": str(run)}
    return channel.delivery.objects.create(**{**shape, **values})


def due(channel: Channel, name: str) -> bool:
    return queues.get(f"{channel.kind}.{name}")().due(NOW)


def test_each_queue_asks_once(channel):
    for _number in range(2):
        begun(channel, Run.State.SENDING)
    for name in ("runs", "deliveries", "transactional"):
        due(channel, name)
        with CaptureQueriesContext(connection) as asked:
            due(channel, name)
        assert len(asked) == 1, name


@pytest.mark.parametrize(
    ("state", "values", "is_due"),
    [
        ("queued", {}, True),
        ("queued", {"at": NOW + SECOND}, False),
        ("preparing", {}, True),
        ("sending", {}, True),
        ("sending", {"finished_at": NOW}, False),
        ("paused", {}, False),
        ("cancelled", {}, True),
        ("cancelled", {"finished_at": NOW}, False),
        ("done", {"finished_at": NOW}, False),
    ],
)
def test_runs_are_due_until_they_are_closed(channel, state, values, is_due):
    begun(channel, state, **values)
    assert due(channel, "runs") == is_due


@pytest.mark.parametrize(
    ("state", "lane", "sending", "cancelled"),
    [
        (State.QUEUED, False, False, True),
        (State.QUEUED, True, False, True),
        (State.CLAIMED, False, False, False),
        (State.SENDING, True, False, False),
        (State.SENT, False, True, True),
    ],
)
def test_rows_keep_a_run_open(channel, state, lane, sending, cancelled):
    run = begun(channel, Run.State.SENDING)
    leased = {"lease_until": NOW} if state in (State.CLAIMED, State.SENDING) else {}
    written(channel, run.pk, state=state, transactional=lane, **leased)
    assert due(channel, "runs") == sending
    assert finishing.over(channel) == ([run.pk] if sending else [])
    assert finishing.finish(channel, run.pk, NOW) == sending
    channel.run.objects.update(state=Run.State.CANCELLED, finished_at=None)
    assert due(channel, "runs") == cancelled


def test_what_waits_is_due_by_its_lane_and_its_run(channel):
    def lanes() -> tuple[bool, bool]:
        return due(channel, "deliveries"), due(channel, "transactional")

    row = written(channel, due_at=NOW + SECOND)
    rows = channel.delivery.objects.filter(pk=row.pk)
    assert lanes() == (False, False)
    rows.update(due_at=NOW)
    assert lanes() == (True, False)
    rows.update(transactional=True)
    assert lanes() == (False, True)
    for state, finished, is_due in (
        (Run.State.SENDING, None, True),
        (Run.State.PAUSED, None, False),
        (Run.State.CANCELLED, None, False),
        (Run.State.DONE, NOW, False),
    ):
        rows.update(run_id=begun(channel, state, finished_at=finished).pk)
        assert lanes() == (False, is_due), state


def test_what_is_held_waits_and_a_dead_worker_is_found_all_the_same(channel):
    row = written(channel)
    rows = channel.delivery.objects.filter(pk=row.pk)
    assert due(channel, "deliveries")
    preferences.put("emails.paused", True)
    assert not due(channel, "deliveries")
    for state, ago, is_due in (
        (State.CLAIMED, 0, False),
        (State.CLAIMED, 1, True),
        # Beyond its lease it may still wait for the last answer.
        (State.SENDING, 1, False),
        (State.SENDING, 61, True),
    ):
        rows.update(state=state, lease_until=NOW - ago * SECOND)
        assert due(channel, "deliveries") == is_due, (state, ago)
        assert not due(channel, "transactional")
    preferences.put("emails.paused", False)
    assert due(channel, "deliveries")
