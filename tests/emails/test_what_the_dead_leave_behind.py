"""Leases: the untried goes back, what may be out is never guessed; pausing in the middle."""

from datetime import timedelta

import pytest

from emails.models import CapturedMail, Delivery, Send, State
from emails.services import claims, outcomes, preparing, runs, sending, slices
from emails.services.outcomes import Outcome
from emails.services.recovery import LONGEST_ANSWER
from kernel.events import type_id
from kernel.invariants import broken
from kernel.models import Event
from tests.emails.people import NOW, begin, make_contacts, states
from tests.settle import settle

pytestmark = pytest.mark.django_db


def claimed_run(kind: str, count: int = 4) -> tuple[Send, list[claims.Claimed]]:
    """A run of which one worker holds everything."""
    run = begin(make_contacts(count), kind=kind)
    preparing.work(NOW)
    taken, _seen = claims.claim(run.pk, 10, NOW, transactional=kind == "transactional")
    assert len(taken) == count
    run.refresh_from_db()
    return run, taken


def test_claims_of_a_dead_worker_are_sent_by_the_next():
    claimed_run("marketing")
    settle(NOW + claims.LEASE - timedelta(seconds=1))
    assert states() == {"claimed": 4}
    settle(NOW + claims.LEASE + timedelta(seconds=1))
    assert (states(), CapturedMail.objects.count()) == ({"sent": 4}, 4)


@pytest.mark.parametrize(("kind", "end"), [("marketing", "uncertain"), ("transactional", "sent")])
def test_mails_a_dead_worker_was_sending(kind: str, end: str):
    run, _taken = claimed_run(kind)
    lease = NOW + slices.LEASE
    Delivery.objects.update(state=State.SENDING, lease_until=lease)
    settle(lease + LONGEST_ANSWER - timedelta(seconds=1))
    assert states() == {"sending": 4}
    settle(lease + LONGEST_ANSWER + timedelta(seconds=1))
    run.refresh_from_db()
    assert (states(), run.state) == ({end: 4}, "done")
    assert CapturedMail.objects.count() == (4 if end == "sent" else 0)


def test_a_worker_that_comes_back_too_late_writes_nothing():
    _run, taken = claimed_run("marketing")
    settle(NOW + claims.LEASE + timedelta(seconds=1))
    assert CapturedMail.objects.count() == 4
    sending.send_claimed(taken, NOW)
    assert (states(), CapturedMail.objects.count()) == ({"sent": 4}, 4)


def test_rel_01_what_is_written_again_after_a_lost_answer_is_told_once():
    """The database crashed after the commit: nobody knows, so the worker writes again."""
    _run, taken = claimed_run("marketing")
    Delivery.objects.update(state=State.SENDING, lease_until=NOW + slices.LEASE)
    sent = [Outcome(row, State.SENT, NOW) for row in taken]
    assert outcomes.write(sent) == {row.id for row in taken}
    assert outcomes.write(sent) == set()
    assert Event.objects.filter(type_id=type_id("emails.sent")).count() == 4
    assert broken(lambda name: name == "emails.sent_is_told") == []


def test_a_pause_between_claim_and_turn_gives_everything_back():
    run, taken = claimed_run("marketing")
    runs.pause(run)
    sending.send_claimed(taken, NOW)
    assert states() == {"queued": 4}
    for _time in range(3):
        runs.resume(run)
        run.refresh_from_db()
        runs.pause(run)
        settle(NOW)
    assert (states(), CapturedMail.objects.count()) == ({"queued": 4}, 0)
    runs.resume(run)
    settle(NOW)
    assert (states(), CapturedMail.objects.count()) == ({"sent": 4}, 4)


def test_a_cancel_between_claim_and_turn_stops_everything():
    run, taken = claimed_run("marketing")
    runs.cancel(run)
    sending.send_claimed(taken, NOW)
    settle(NOW)
    assert (states(), CapturedMail.objects.count()) == ({"cancelled": 4}, 0)
