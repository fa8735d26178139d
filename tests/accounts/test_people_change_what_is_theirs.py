"""A signed-in person changes language and password; pages of errors look like the others."""

import pytest
from django.test import Client

from accounts.models import User
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


def test_the_language_of_the_sign_in_page_goes_on_where_none_was_chosen(window, user, api):
    asking = browser()
    asking.post("/language", {"language": "fr", "next": "/account/login"})
    sign_in(asking, user.email)
    assert b'<html lang="fr"' in asking.get("/").content
    assert b'<html lang="fr"' in window.get("/").content
    # What was chosen since is not undone by a browser that others use, too.
    window.post("/language", {"language": "en", "next": "/"})
    asking.post("/account/logout")
    sign_in(asking, user.email)
    assert b'<html lang="en"' in asking.get("/").content
    # Nor what an administrator chose for them.
    User.objects.filter(pk=user.pk).update(language="fr", language_chosen=False)
    version = User.objects.get(pk=user.pk).version
    assert api.patch(f"/api/v1/users/{user.pk}", {"language": "en", "version": version}).data
    asking.post("/account/logout")
    sign_in(asking, user.email)
    assert b'<html lang="en"' in asking.get("/").content


def test_pages_of_errors_are_dressed(client, charlie):
    lost = client.get("/nowhere")
    assert (lost.status_code, b"css/account.css" in lost.content) == (404, True)
    client.force_login(charlie)
    # Whoever is signed in keeps the menu around them.
    refused = client.get("/mailbox")
    assert (refused.status_code, b'class="empty"' in refused.content) == (403, True)
    strict = Client(enforce_csrf_checks=True).post("/account/login", {})
    assert (strict.status_code, b"css/account.css" in strict.content) == (403, True)


def test_our_own_fault_is_dressed_too(client, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError

    client.raise_request_exception = False
    monkeypatch.setattr("allauth.account.views.LoginView.get", broken)
    answer = client.get("/account/login")
    assert (answer.status_code, b"css/account.css" in answer.content) == (500, True)
