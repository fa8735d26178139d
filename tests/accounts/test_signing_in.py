"""Signing in and out: who may, who learns nothing, and how sessions end (SEC-46 to SEC-52)."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from kernel import clock
from tests.accounts.browser import PASSWORD, browser, nobody, sign_in, someone

pytestmark = pytest.mark.django_db
FRESH = "another-horse-battery"
NEW = {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH}


def test_the_right_password_leads_to_the_start_page():
    user, client = someone(), browser()
    answer = sign_in(client, user.email.upper())
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_whoever_is_not_signed_in_is_sent_there_and_back():
    user, client = someone(), browser()
    assert client.get("/")["Location"] == "/account/login?next=/"
    answer = sign_in(client, user.email, next="/api/docs")
    assert answer["Location"] == "/api/docs"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(target: str):
    user = someone()
    assert sign_in(browser(), user.email, next=target)["Location"] == "/"


def test_unknown_disabled_and_wrong_look_the_same():
    known, disabled = someone(), someone(is_active=False)
    pages = []
    for email, password in (
        (known.email, "wrong"),
        (disabled.email, PASSWORD),
        (disabled.email, "wrong"),
        (nobody(), "wrong"),
    ):
        client = browser()
        answer = sign_in(client, email, password)
        token = client.cookies["csrf"].value if "csrf" in client.cookies else ""
        page = answer.content.decode().replace(email, "EMAIL").replace(token or "\0", "")
        pages.append((answer.status_code, _without_secrets(page)))
        assert "sessionid" not in client.cookies
    assert len(set(pages)) == 1
    assert "do not match" in pages[0][1]


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password was hashed, which is what takes the time."""

    algorithm = "counting"
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.hashed += 1
        return super().encode(password, salt)


def test_unknown_takes_as_long_as_wrong(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    known, disabled, without = someone(), someone(is_active=False), someone()
    without.set_unusable_password()
    without.save()
    costs = []
    for email in (known.email, disabled.email, without.email, nobody()):
        CountingHasher.hashed = 0
        sign_in(browser(), email, "wrong")
        costs.append(CountingHasher.hashed)
    assert costs == [1, 1, 1, 1]


def test_the_session_is_a_new_one_and_ends_on_the_server():
    user, client = someone(), browser()
    client.get("/account/login")
    sign_in(client, user.email)
    kept = client.cookies["session"]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert not kept["max-age"]  # over when the browser closes, unless asked otherwise
    assert client.get("/account/logout").status_code == 200
    assert client.get("/").status_code == 200, "a GET must not sign out"
    assert client.post("/account/logout")["Location"] == "/account/login"
    thief = Client()
    thief.cookies["session"] = kept.value
    assert thief.get("/").status_code == 302
    assert not Session.objects.filter(session_key=kept.value).exists()


def test_sec_49_the_session_is_another_one_at_sign_in_with_a_new_role_and_with_a_new_password(
    alice: User,
):
    user, client = someone(), browser()
    client.get("/account/login")
    ids = []
    for change in (
        lambda: sign_in(client, user.email),
        lambda: client.post("/account/password/change", NEW),
        lambda: User.objects.filter(pk=user.pk).update(role=alice.role),
    ):
        change()
        assert client.get("/").status_code == 200
        ids.append(client.cookies["session"].value)
    assert len(set(ids)) == 3
    for former in ids[:2]:
        thief = Client()
        thief.cookies["session"] = former
        assert thief.get("/").status_code == 302
    assert client.get("/").status_code == 200
    assert client.cookies["session"].value == ids[-1]


def test_staying_signed_in_is_asked_for():
    user, client = someone(), browser()
    sign_in(client, user.email, remember="on")
    assert int(client.cookies["session"]["max-age"]) == 30 * 24 * 3600


@pytest.mark.parametrize(("days", "step"), [(8, 8), (32, 4)])
def test_a_session_ends_when_unused_and_when_too_old(days: int, step: int):
    user, client = someone(), browser()
    sign_in(client, user.email, remember="on")
    assert client.get("/").status_code == 200
    start = clock.now()
    for day in range(step, days, step):
        with time_machine.travel(start + timedelta(days=day)):
            assert client.get("/").status_code == 200
    with time_machine.travel(start + timedelta(days=days)):
        assert client.get("/").status_code == 302


def test_disabling_ends_sessions_at_once():
    user, client = someone(), browser()
    sign_in(client, user.email)
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/").status_code == 302


def test_a_form_without_its_token_is_refused():
    user, client = someone(), browser(enforce_csrf_checks=True)
    assert sign_in(client, user.email).status_code == 403


def test_nobody_signs_up():
    for path in ("/account/signup", "/accounts/signup/", "/signup", "/account/signup/"):
        assert browser().get(path).status_code == 404


def _without_secrets(page: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
