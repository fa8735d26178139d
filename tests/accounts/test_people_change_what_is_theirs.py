"""A signed-in person changes language and password; pages of errors look like the others."""

import pytest
from django.test import Client

from tests.accounts.browser import PASSWORD, browser, sign_in, someone

pytestmark = pytest.mark.django_db
CHANGE = "/account/password/change"
NEW = "seven kettles on the roof"


@pytest.fixture
def user():
    return someone()


@pytest.fixture
def window(user):
    client = browser()
    sign_in(client, user.email)
    return client


def change(client, old, new=NEW, again=None):
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": again or new})


def test_a_password_is_changed_with_the_one_in_use(window, user):
    elsewhere = browser()
    sign_in(elsewhere, user.email)
    assert CHANGE.encode() in window.get("/").content
    assert change(window, PASSWORD).status_code == 302
    assert window.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert sign_in(browser(), user.email, NEW).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("wrong", NEW, NEW), (PASSWORD, "short", "short"), (PASSWORD, NEW, "another one than that")],
)
def test_a_wrong_weak_or_mistyped_one_is_not_taken(window, user, old, new, again):
    assert change(window, old, new, again).status_code == 200
    assert sign_in(browser(), user.email).status_code == 302


def test_strangers_change_no_password():
    answer = browser().get(CHANGE)
    assert (answer.status_code, "/account/login" in answer["Location"]) == (302, True)


def test_the_language_is_switched_and_stays(window, user):
    assert b'lang="en"' in window.get("/").content
    window.post("/language", {"language": "fr", "next": "/"})
    assert b'<html lang="fr"' in window.get("/").content
    again = browser()
    sign_in(again, user.email)
    assert b'<html lang="fr"' in again.get("/").content
    window.post("/language", {"language": "xx", "next": "/"})
    assert b'<html lang="fr"' in window.get("/").content


def test_pages_of_errors_are_dressed(client, charlie):
    lost = client.get("/nowhere")
    assert (lost.status_code, b"css/account.css" in lost.content) == (404, True)
    client.force_login(charlie)
    refused = client.get("/mailbox")
    assert (refused.status_code, b"css/account.css" in refused.content) == (403, True)
    strict = Client(enforce_csrf_checks=True).post("/account/login", {})
    assert (strict.status_code, b"css/account.css" in strict.content) == (403, True)


def test_our_own_fault_is_dressed_too(client, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError

    client.raise_request_exception = False
    monkeypatch.setattr("allauth.account.views.LoginView.get", broken)
    answer = client.get("/account/login")
    assert (answer.status_code, b"css/account.css" in answer.content) == (500, True)
