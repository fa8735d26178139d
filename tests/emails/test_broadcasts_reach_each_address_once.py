"""A broadcast reaches each address once: segments, doubles, second starts (REL-05, REL-09)."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact
from emails.models import CapturedMail, Delivery, Send, State
from emails.services import preparing
from kernel import clock
from segments.services import members
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


def test_included_minus_excluded_each_once_though_in_two_segments():
    people = make_contacts(6)
    two = [make_segment(people[:5], "A"), make_segment(people[3:], "B")]
    run = begin([], segments=two, excluded_segments=[make_segment(people[:1], "C")])
    settle(NOW)
    run.refresh_from_db()
    assert (run.state, states()) == (Send.State.DONE, {"sent": 5})
    reached = sorted(CapturedMail.objects.values_list("recipients", flat=True))
    assert reached == [f"p{number}@example.com" for number in range(1, 6)]


def test_two_contacts_with_one_address_get_one_mail():
    first, second = make_contact("Zoe@example.com"), make_contact("zoe@EXAMPLE.com ")
    begin([first, second, make_contact(None)])
    settle(NOW)
    assert CapturedMail.objects.count() == 1
    skipped = dict(Delivery.objects.filter(state=State.SKIPPED).values_list("contact_id", "reason"))
    assert skipped.pop(second.pk) == "duplicate_address"
    assert list(skipped.values()) == ["no_address"]


def test_who_gets_it_does_not_depend_on_how_far_the_others_are(monkeypatch):
    monkeypatch.setattr(preparing, "SLICE", 1)
    first, second = make_contact("zoe@example.com"), make_contact("ZOE@example.com")
    begin([first, second])
    assert preparing.work(NOW)
    # Her own channel was closed; a worker was quick enough to leave her out.
    Delivery.objects.filter(contact_id=first.pk).update(state=State.SKIPPED, reason="unsubscribed")
    settle(NOW)
    assert not CapturedMail.objects.exists()
    assert Delivery.objects.get(contact_id=second.pk).reason == "duplicate_address"


def test_an_address_that_becomes_another_readers_before_its_turn_gets_one_mail():
    first, second = make_contact("a@example.com"), make_contact("b@example.com")
    begin([first, second])
    assert preparing.work(NOW)
    Contact.objects.filter(pk=second.pk).update(email="a@example.com")
    settle(NOW)
    assert list(CapturedMail.objects.values_list("recipients", flat=True)) == ["a@example.com"]
    assert Delivery.objects.get(contact_id=second.pk).reason == "duplicate_address"


def test_who_had_another_address_when_written_to_makes_no_double(monkeypatch):
    monkeypatch.setattr(preparing, "SLICE", 1)
    first, second = make_contact("a@example.com"), make_contact("b@example.com")
    begin([first, second])
    assert preparing.work(NOW)
    Delivery.objects.filter(contact_id=first.pk).update(state=State.SKIPPED, reason="unsubscribed")
    Contact.objects.filter(pk=first.pk).update(email="b@example.com")
    settle(NOW)
    assert list(CapturedMail.objects.values_list("recipients", flat=True)) == ["b@example.com"]


def test_a_second_start_is_the_same_run_and_afterwards_it_is_refused(api: APIClient):
    segment = make_segment(make_contacts(2))
    email = make_email(type="segment", segments=[segment])
    at = f"/api/v1/emails/{email.pk}/send"
    first, second = api.post(at, {}), api.post(at, {})
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert (first.json()["state"], first.json()["queued"]) == ("queued", 0)
    settle()
    done = api.get(f"/api/v1/sends/{first.json()['id']}").json()
    assert (done["state"], done["statistics"]["sent"]) == ("done", 2)
    refused = api.post(at, {})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "already_sent")
    late = make_contact("late@example.com")
    # The double of somebody who was reached is not new.
    double = make_contact("P0@example.com")
    members.change(segment, [late.pk, double.pk], now=NOW)
    again = api.post(at, {"again": "new_only"})
    assert (again.status_code, again.json()["id"]) == (202, str(int(first.json()["id"]) + 1))
    settle()
    assert CapturedMail.objects.count() == 3
    assert CapturedMail.objects.latest("pk").recipients == "late@example.com"


def test_a_broadcast_to_nobody_does_not_begin_and_one_that_finds_nobody_is_done(api: APIClient):
    email = make_email(type="segment", segments=[make_segment([])])
    at = f"/api/v1/emails/{email.pk}/send"
    refused = api.post(at, {})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "nobody")
    # Until its hour somebody may come.
    soon = clock.now() + timedelta(minutes=5)
    run = Send.objects.get(pk=api.post(at, {"at": clock.iso(soon)}).json()["id"])
    settle(soon)
    run.refresh_from_db()
    assert (run.state, run.finished_at) == (Send.State.DONE, soon)
    assert api.post(at, {"again": "new_only"}).json()["errors"][0]["code"] == "nobody_new"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"type": "template"}, "not_a_broadcast"),
        ({"type": "segment"}, "no_segments"),
        ({"type": "segment", "state": "unpublished"}, "unpublished"),
    ],
)
def test_what_cannot_be_broadcast_is_refused(api: APIClient, values: dict[str, str], code: str):
    email = make_email(**values)
    answer = api.post(f"/api/v1/emails/{email.pk}/send", {})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, code)


def test_readers_get_the_translation_in_their_language():
    people = [make_contact("f@example.com", locale="fr_CA"), make_contact("d@example.com")]
    run = begin(people)
    make_email(subject="Des nouvelles", language="fr", translation_of=run.email)
    settle(NOW)
    subjects = dict(CapturedMail.objects.values_list("recipients", "subject"))
    assert subjects == {"f@example.com": "Des nouvelles", "d@example.com": "News for Zoë"}
