"""Notices that speak of people follow them: merged, handed out, erased; and all of them age."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import AccountMail, User
from accounts.plugins import ToldByMail
from accounts.services import mails
from accounts.services.mails import Letter
from kernel import clock, contactdata
from notices.models import Notice
from notices.plugins import Notices
from notices.services import people as kept
from notices.services.telling import News, Words, tell
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db


def about(user: User, contact: int | None) -> None:
    news = News("testing.told", "/contacts", contact=contact, mail=True)
    tell([user.pk], lambda: Words("Anna Ulm asks for an offer", "Call her."), news, clock.now())


def test_who_is_merged_or_erased_takes_the_notices_along(alice: User):
    winner, loser, other = people({"email": "a@x.example"}, {"email": "b@x.example"}, {})
    for contact in (loser, other):
        about(alice, contact)
    contactdata.hand_over([(winner, loser)], clock.now())
    for model in (Notice, AccountMail):
        assert sorted(model.objects.values_list("contact_id", flat=True)) == [winner, other]
    (row,) = Notices().export(winner)["notices"]
    assert row["text"] == "Call her."
    (waiting,) = ToldByMail().export(winner)["mails_to_users"]
    assert "Call her." in waiting["text"]
    contactdata.forget([winner], clock.now())
    for model in (Notice, AccountMail):
        assert list(model.objects.values_list("contact_id", flat=True)) == [other]


def test_they_are_deleted_by_age(alice: User):
    about(alice, None)
    now = clock.now()
    assert kept.count_older(now - timedelta(days=1)) == 0
    later = now + timedelta(days=1)
    assert [kept.forget_older(later, later) for _turn in (1, 2)] == [1, 0]


def test_links_to_sign_in_by_do_not_wait_behind_notices(alice: User):
    (anna,) = people({"email": "a@x.example"})
    for _number in range(3):
        about(alice, anna)
    now = clock.now()
    mails.post(Letter("bob@example.com", "A new password", "Here."), now)
    assert mails.send_next(now)
    assert [sent.subject for sent in mail.outbox] == ["A new password"]
    while mails.send_next(now):
        pass
    assert len(mail.outbox) == 4
    assert "Call her." in mail.outbox[-1].body
    assert "/contacts" in mail.outbox[-1].body


def test_a_mail_that_is_of_no_use_any_more_is_not_sent(alice: User):
    about(alice, None)
    assert mails.send_next(clock.now() + timedelta(days=2))
    assert (mail.outbox, AccountMail.objects.count()) == ([], 0)


class Forgets(BaseEmailBackend):
    """A mail server that is away, while the person is forgotten of whom the mail speaks."""

    def send_messages(self, messages):
        AccountMail.objects.all().delete()
        raise OSError


def test_a_person_is_forgotten_while_a_mail_about_them_is_tried(alice: User, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Forgets"
    about(alice, None)
    assert mails.send_next(clock.now())
    assert not mails.send_next(clock.now() + timedelta(hours=1))


def test_a_long_text_is_cut(alice: User):
    tell(
        [alice.pk], lambda: Words("Long", "x" * 9_000), News("testing.told", mail=True), clock.now()
    )
    assert "x" * 2_001 not in AccountMail.objects.get().text
