"""SEC-48, SEC-52: a new password by mail, by our own link, good once; nobody learns who exists."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from accounts.models import AccountMail, User
from kernel import clock
from tests.accounts.browser import PASSWORD, browser, nobody, sign_in, someone
from tests.settle import settle

pytestmark = pytest.mark.django_db
NEW = "several words in a row"


def ask(email: str, **more: str):
    return browser().post("/account/password", {"email": email}, **more)


def link_to(user: User) -> str:
    ask(user.email)
    settle()
    found = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def choose(client, link: str, password: str = NEW):
    form = client.get(link)
    assert form.status_code == 302, form.content
    return client.post(form["Location"], {"password1": password, "password2": password})


def test_the_link_in_the_mail_leads_to_a_new_password():
    user, client = someone(), browser()
    answer = choose(client, link_to(user))
    assert answer["Location"] == "/account/password/changed"
    assert client.get("/").status_code == 302, "a reset does not sign in"
    assert sign_in(browser(), user.email, NEW).status_code == 302
    assert b"do not match" in sign_in(browser(), user.email, PASSWORD).content


def test_the_owner_is_told():
    user = someone()
    choose(browser(), link_to(user))
    settle()
    assert [m.to for m in mail.outbox] == [[user.email], [user.email]]
    assert "changed" in mail.outbox[-1].subject


def test_other_sessions_end_with_the_old_password():
    user, client = someone(), browser()
    sign_in(client, user.email)
    choose(browser(), link_to(user))
    assert client.get("/").status_code == 302


def test_unknown_disabled_and_known_look_the_same():
    answers = [ask(e) for e in (someone().email, someone(is_active=False).email, nobody())]
    assert {(a.status_code, a["Location"], a.content) for a in answers} == {
        (302, "/account/password/sent", b"")
    }
    assert AccountMail.objects.count() == 1


def test_nothing_is_sent_while_the_visitor_waits():
    ask(someone().email)
    assert mail.outbox == []
    settle()
    assert len(mail.outbox) == 1
    assert not AccountMail.objects.exists(), "the secret goes with the mail"


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST"])
def test_the_link_never_leads_to_a_host_a_header_names(header: str):
    user = someone()
    ask(user.email, **{header: "evil.example"})
    assert not AccountMail.objects.filter(text__contains="evil").exists()


def test_a_link_works_once():
    user = someone()
    link = link_to(user)
    choose(browser(), link)
    again = browser().get(link)
    assert b"no longer valid" in again.content


def test_a_link_lasts_an_hour():
    user = someone()
    link = link_to(user)
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert b"no longer valid" in browser().get(link).content


def test_a_link_dies_when_the_address_changes():
    user = someone()
    link = link_to(user)
    User.objects.filter(pk=user.pk).update(email="other@example.com")
    assert b"no longer valid" in browser().get(link).content


def test_the_secret_is_not_in_the_address_of_the_form():
    user, client = someone(), browser()
    answer = client.get(link_to(user))
    assert answer["Location"].endswith("-set-password")
    assert client.get(answer["Location"])["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "link", ["1-abc", "zzzzzzzzzzzzz-abc-def", "1-" + "x" * 128, "0-set-password"]
)
def test_a_made_up_link_is_refused(link: str):
    assert b"no longer valid" in browser().get(f"/account/password/new/{link}").content


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012", "x" * 11])
def test_a_weak_password_is_refused(password: str):
    user, client = someone(), browser()
    assert b'id="problem"' in choose(client, link_to(user), password).content
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_long_and_odd_passwords_are_taken_whole():
    user = someone()
    password = " pässwörd \N{PILE OF POO} " + "x" * 80
    choose(browser(), link_to(user), password)
    assert b"do not match" in sign_in(browser(), user.email, password[:-1]).content
    assert sign_in(browser(), user.email, password).status_code == 302


def test_asking_again_and_again_is_stopped():
    email = someone().email
    assert [ask(email).status_code for _try in range(4)] == [302, 302, 302, 429]
