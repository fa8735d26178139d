"""Runs while people, emails and workers change: REL-06, REL-07, REL-08, REL-09, REL-14."""

from datetime import timedelta

import pytest

from contacts.models import Contact, Suppression
from contacts.services import consent
from contacts.services.merge import merge
from emails.models import CapturedMail, Delivery, EmailVersion, Send, State
from emails.services import claims, editing, preparing, recovery, runs, sending
from segments.services import members
from tests.emails.people import NOW, begin, make_contact, make_contacts, make_segment, states
from tests.settle import settle

pytestmark = pytest.mark.django_db


def prepared(people: list[Contact], **values) -> Send:
    run = begin(people, **values)
    while preparing.work(NOW):
        pass
    run.refresh_from_db()
    return run


def send_some(run: Send, number: int) -> None:
    claimed, _seen = claims.claim(run.pk, number, NOW, transactional=False)
    sending.send_claimed(claimed, NOW)


def reason_of(contact: Contact) -> tuple[int, str | None, int]:
    row = Delivery.objects.get(contact_id=contact.pk)
    return row.state, row.reason, row.attempts


def test_rel_06_paused_and_resumed_three_times_with_workers_that_die():
    run, moment = prepared(make_contacts(40)), NOW
    for _time in range(3):
        send_some(run, 6)
        # A worker that dies with what it holds, and one that comes too late for a paused run.
        claims.claim(run.pk, 3, moment, transactional=False)
        late, _seen = claims.claim(run.pk, 2, moment, transactional=False)
        runs.pause(run)
        sending.send_claimed(late, moment)
        settle(moment)
        assert not runs.finish(run.pk, moment)
        assert Send.objects.get(pk=run.pk).state == Send.State.PAUSED
        moment += timedelta(minutes=2)
        recovery.recover(moment, transactional=False)
        runs.resume(run)
        assert not runs.finish(run.pk, moment)
    settle(moment)
    assert (states(), Send.objects.get(pk=run.pk).state) == ({"sent": 40}, Send.State.DONE)
    assert CapturedMail.objects.values("recipients").distinct().count() == 40
    assert CapturedMail.objects.count() == 40


def test_rel_06_a_run_whose_last_worker_died_is_closed():
    run = prepared(make_contacts(3))
    send_some(run, 9)
    assert Send.objects.get(pk=run.pk).state == Send.State.SENDING
    settle(NOW)
    assert Send.objects.get(pk=run.pk).state == Send.State.DONE
    assert Send.objects.get(pk=run.pk).counts["sent"] == 3


def test_rel_06_a_run_paused_at_its_last_mail_is_closed_when_it_is_resumed():
    run = prepared(make_contacts(2))
    send_some(run, 9)
    runs.pause(run)
    settle(NOW)
    assert Send.objects.get(pk=run.pk).state == Send.State.PAUSED
    runs.resume(run)
    settle(NOW)
    assert Send.objects.get(pk=run.pk).state == Send.State.DONE


def test_rel_07_each_gets_one_version_and_the_ledger_says_which():
    people = make_contacts(6)
    segment = make_segment(people)
    run = prepared([], segments=[segment])
    send_some(run, 2)
    editing.change(run.email, {"html": "<p>Second</p>", "subject": "Second"}, NOW)
    late = make_contact("late@example.com")
    members.change(segment, [late.pk], [people[5].pk], now=NOW)
    merge(people[2].pk, people[3].pk, NOW)
    people[4].delete()
    send_some(run, 1)
    settle(NOW)
    subjects = dict(CapturedMail.objects.values_list("recipients", "subject"))
    assert subjects == {
        "p0@example.com": "News for P0",
        "p1@example.com": "News for P1",
        "p2@example.com": "Second",
        "p5@example.com": "Second",
    }
    first, second = EmailVersion.objects.order_by("number").values_list("pk", flat=True)
    sent = Delivery.objects.filter(state=State.SENT).order_by("contact_id")
    assert list(sent.values_list("version_id", flat=True)) == [first, first, second, second]


def test_rel_07_an_unpublished_email_stops_in_the_middle():
    run = prepared(make_contacts(5))
    send_some(run, 2)
    editing.change(run.email, {"state": "unpublished"}, NOW)
    settle(NOW)
    assert states() == {"sent": 2, "skipped": 3}
    assert Send.objects.get(pk=run.pk).state == Send.State.DONE


@pytest.mark.parametrize("after_the_claim", [False, True])
def test_rel_08_who_is_closed_before_their_turn_is_skipped_for_good(after_the_claim: bool):
    left, bounced, closed, listed, fine = people = make_contacts(5)
    run = prepared(people)
    claimed = []
    if after_the_claim:
        claimed, _seen = claims.claim(run.pk, 9, NOW, transactional=False)
    for person, reason in ((left, "unsubscribed"), (bounced, "hard_bounce"), (closed, "manual")):
        consent.close([person.pk], "email", reason, "", NOW)
    Suppression.objects.create(
        channel="email", kind="address", value=listed.email, reason="complaint", since=NOW
    )
    sending.send_claimed(claimed, NOW)
    settle(NOW)
    settle(NOW + timedelta(days=5))
    assert [mail.recipients for mail in CapturedMail.objects.all()] == [fine.email]
    assert [reason_of(person) for person in people] == [
        (State.SKIPPED, "unsubscribed", 0),
        (State.SKIPPED, "hard_bounce", 0),
        (State.SKIPPED, "manual", 0),
        (State.SKIPPED, "suppressed", 0),
        (State.SENT, None, 1),
    ]


def test_rel_09_one_address_in_five_segments_gets_one_and_a_plus_is_another_address():
    zoe, double, plus = (
        make_contact(address) for address in ("zoe@x.example", "ZOE@X.example", "zoe+a@x.example")
    )
    segments = [make_segment([zoe, double, plus], f"S{number}") for number in range(5)]
    begin([], segments=segments)
    settle(NOW)
    reached = sorted(CapturedMail.objects.values_list("recipients", flat=True))
    assert reached == ["zoe+a@x.example", "zoe@x.example"]
    assert reason_of(double)[:2] == (State.SKIPPED, "duplicate_address")


def test_rel_14_one_poisoned_mail_fails_and_the_others_go():
    people = make_contacts(4)
    Contact.objects.filter(pk=people[1].pk).update(last_name="x" * 1_100_000)
    run = prepared(people, html="<p>{{ contact.last_name }}</p>")
    settle(NOW)
    assert (states(), Send.objects.get(pk=run.pk).state) == ({"sent": 3, "failed": 1}, "done")
    assert reason_of(people[1])[:2] == (State.FAILED, "render_error")
