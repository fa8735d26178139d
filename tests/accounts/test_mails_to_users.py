"""Mails of the product to its users: their language, their way, and what if it is shut."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.core import mail

from accounts.models import AccountMail
from emails.models import CapturedMail
from kernel import clock
from tests.accounts.browser import browser, someone
from tests.settle import settle

pytestmark = pytest.mark.django_db


def ask(email: str):
    return browser().post("/account/password", {"email": email})


@pytest.mark.parametrize(("language", "word"), [("fr", "Bonjour"), ("en", "Hello")])
def test_the_mail_is_in_the_readers_language(language: str, word: str):
    ask(someone(language=language).email)
    settle()
    assert word in mail.outbox[-1].body


def test_a_mail_server_that_is_away_is_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    user = someone()
    ask(user.email)
    settle()
    assert AccountMail.objects.get().attempts == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settle(clock.now() + timedelta(minutes=5))
    assert [m.to for m in mail.outbox] == [[user.email]]


def test_without_a_mail_server_the_mail_can_be_looked_at(settings):
    settings.EMAIL_BACKEND = "emails.mailbox.Backend"
    settings.EMAIL_URL = ""
    user = someone(first_name="Élodie")
    ask(user.email)
    settle()
    kept = CapturedMail.objects.get(recipients=user.email)
    text = message_from_bytes(bytes(kept.raw), policy=default).get_content()
    assert "Élodie" in text
    assert "http://testserver/account/password/new/" in text
    assert "webmaster@" not in kept.sender
