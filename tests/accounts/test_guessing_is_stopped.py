"""Guessing passwords: counted by address tried and by origin, known or not (SEC-47)."""

import pytest

from tests.accounts.browser import browser, nobody, sign_in, someone

pytestmark = pytest.mark.django_db


def test_guessing_is_stopped_for_the_address_wherever_it_comes_from():
    user = someone()
    for _try in range(5):
        assert b"do not match" in sign_in(browser(), user.email, "wrong").content
    locked = sign_in(browser(), user.email)
    assert b"Too many attempts" in locked.content
    assert locked.status_code == 200
    assert sign_in(browser(), someone().email).status_code == 302


def test_guessing_at_unknown_addresses_is_stopped_alike():
    email = nobody()
    for _try in range(5):
        sign_in(browser(), email, "wrong")
    assert b"Too many attempts" in sign_in(browser(), email, "wrong").content


def test_an_origin_that_tries_everything_is_stopped():
    client = browser()
    answers = [client.post("/account/login", {"login": f"{n}@x.yz"}) for n in range(31)]
    assert [answer.status_code for answer in answers[29:]] == [200, 429]
