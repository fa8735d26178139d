"""The ledger when people are merged, forgotten, ask for their data, or are asked for (REL-07)."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from contacts.services import consent
from contacts.services.erase import erase, everything
from contacts.services.merge import merge
from emails.models import CapturedMail, Delivery, Email, State
from emails.services import preparing, runs
from kernel import clock, filters, usage
from kernel.invariants import broken
from segments.models import Segment
from tests.emails.people import (
    NOW,
    begin,
    make_contact,
    make_contacts,
    make_email,
    make_segment,
    states,
)
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_a_merged_pair_gets_one_mail_and_both_histories_end_on_the_survivor():
    winner, loser = make_contact("a@example.com"), make_contact("b@example.com")
    begin([winner, loser])
    preparing.work(NOW)
    merge(winner.pk, loser.pk, NOW)
    settle(NOW)
    assert [mail.recipients for mail in CapturedMail.objects.all()] == ["a@example.com"]
    assert set(Delivery.objects.values_list("contact_id", flat=True)) == {winner.pk}
    assert states() == {"sent": 1, "skipped": 1}


def test_merging_after_the_sending_keeps_both_mails_on_record():
    winner, loser = make_contact("a@example.com"), make_contact("b@example.com")
    begin([winner, loser])
    settle(NOW)
    merge(winner.pk, loser.pk, NOW)
    assert set(Delivery.objects.values_list("contact_id", "state")) == {(winner.pk, State.SENT)}
    assert Delivery.objects.count() == 2


def test_a_person_is_told_every_message_and_forgotten_with_the_figures_kept():
    person = make_contact("zoe@example.com")
    run = begin([person, make_contact("other@example.com")])
    settle(NOW)
    told = everything(person.pk)
    assert "News" in str(told)
    assert "@localhost" in str(told) or "@testserver" in str(told)
    erase(person.pk, NOW)
    settle(NOW)
    assert [mail.recipients for mail in CapturedMail.objects.all()] == ["other@example.com"]
    row = Delivery.objects.get(contact_id=person.pk)
    assert (row.recipient, row.context, row.state) == (None, None, State.SENT)
    assert Delivery.objects.filter(run_id=run.pk, state=State.SENT).count() == 2


def test_who_is_erased_before_their_turn_gets_nothing():
    person = make_contact()
    begin([person])
    preparing.work(NOW)
    erase(person.pk, NOW)
    settle(NOW)
    assert CapturedMail.objects.count() == 0
    assert Delivery.objects.get().reason == "contact_gone"


def test_deliveries_can_be_asked_about(api: APIClient):
    sent, skipped, never = make_contact("a@x.de"), make_contact(None), make_contact("c@x.de")
    run = begin([sent, skipped])
    settle(NOW)
    wanted = {"selected": [sent, skipped], "sent": [sent], "skipped": [skipped], "failed": []}
    for state, people in wanted.items():
        tree = {"all": [{"delivery": {"email": [run.email_id]}, "state": state}]}
        every = [sent.pk, skipped.pk, never.pk]
        found = filters.matching(tree, every, NOW)
        assert found == {person.pk for person in people}, state
    answer = api.post("/api/v1/segments/count", {"filter": {"all": [
        {"delivery": {"email": [run.email_id]}, "state": "skipped", "reason": "no_address"}
    ]}})  # fmt: skip
    assert answer.json()["count"] == 1
    for wrong in (
        {"delivery": {"email": [99999]}, "state": "sent"},
        {"delivery": {"email": [run.email_id]}, "state": "nonsense"},
        {"delivery": {"sms": [1]}},
        {"delivery": [1]},
    ):
        answer = api.post("/api/v1/segments/count", {"filter": {"all": [wrong]}})
        assert answer.status_code == 400, wrong


def test_a_segment_of_those_left_out_follows_the_ledger(api: APIClient):
    person = make_contact(None)
    run = begin([person])
    tree = {"all": [{"delivery": {"email": [run.email_id]}, "state": "skipped"}]}
    made = api.post("/api/v1/segments", {"name": "Left out", "filter": tree}).json()
    settle(NOW)
    members = api.get(f"/api/v1/segments/{made['id']}/contacts").json()["results"]
    assert [row["id"] for row in members] == [str(person.pk)]


def test_who_is_erased_or_merged_after_a_mail_breaks_no_promise():
    gone, winner, loser = (make_contact(f"{name}@example.com") for name in "abc")
    now = clock.now()
    consent.close([loser.pk], "email", "hard_bounce", "", now - timedelta(hours=1))
    email = make_email(type="segment", segments=[make_segment([gone, winner, loser])])
    runs.begin(email, None, now, new_only=False, owner_id=None)
    settle(now)
    assert states() == {"sent": 2, "skipped": 1}
    assert broken() == []
    erase(gone.pk, clock.now())
    merge(winner.pk, loser.pk, clock.now())
    assert broken() == []


def test_what_is_in_use_is_not_deleted(api: APIClient):
    run = begin(make_contacts(1))
    segment = Segment.objects.get()
    assert [use.kind for use in usage.used_by("segment", segment.pk)] == ["email"]
    assert api.delete(f"/api/v1/segments/{segment.pk}").status_code == 409
    assert api.delete(f"/api/v1/emails/{run.email_id}").status_code == 409
    settle(NOW)
    assert api.delete(f"/api/v1/emails/{run.email_id}").status_code == 204
    assert Email.objects.count() == 0
    assert Delivery.objects.filter(state=State.SENT).count() == 1


def test_all_promises_of_the_ledger_hold_after_a_mixed_run():
    people = [*make_contacts(3), make_contact(None), make_contact("P1@example.com")]
    begin(people, segments=[make_segment(people)])
    settle(NOW)
    assert broken(lambda name: name.startswith("emails.")) == []
