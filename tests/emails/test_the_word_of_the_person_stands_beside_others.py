"""PRV-05: what a person said, and why else a channel is closed, do not touch each other."""

import pytest
from django.test import Client

from contacts.models import DoNotContact
from tests.emails.people import NOW, make_contact
from tests.emails.test_topics_are_left_one_by_one import ONE_CLICK, path_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def left() -> list[tuple[int, str]]:
    return list(DoNotContact.objects.values_list("contact_id", "reason"))


@pytest.mark.parametrize("reason", ["complaint", "hard_bounce", "manual"])
def test_the_undo_lifts_nothing_but_an_unsubscription(browser: Client, reason: str):
    contact = make_contact()
    path = path_of(contact, "u")
    DoNotContact.objects.create(contact=contact, channel="email", reason=reason, at=NOW)
    browser.post(path)
    browser.post(path, {"undo": "1"})
    assert left() == [(contact.pk, reason)]


def test_the_persons_word_outlives_a_complaint_that_is_lifted(browser: Client):
    contact = make_contact()
    path = path_of(contact, "u")
    DoNotContact.objects.create(contact=contact, channel="email", reason="complaint", at=NOW)
    browser.post(path, ONE_CLICK)
    DoNotContact.objects.filter(reason="complaint").delete()
    assert left() == [(contact.pk, "unsubscribed")]


@pytest.mark.parametrize("reason", ["hard_bounce", "manual"])
def test_saving_preferences_says_nothing_the_person_did_not_choose(browser: Client, reason: str):
    contact = make_contact()
    path = path_of(contact, "p")
    DoNotContact.objects.create(contact=contact, channel="email", reason=reason, at=NOW)
    browser.post(path, {"click_tracking": "on"})
    assert left() == [(contact.pk, reason)]
