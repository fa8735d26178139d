"""An invitation: who invites to what, by a link of its own, accepted with a password, and in."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, User
from tests.accounts.browser import PASSWORD, browser, sign_in
from tests.accounts.inviting import accept, invite, link, opened
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_the_mail_says_who_invites_to_what_and_until_when(screen: Client, alice: User):
    invite(screen, first_name="Nina")
    settle()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["nina@example.com"], "Alice invites you to Relais")
    for words in ("Hello Nina,", f"Alice ({alice.email})", "http://testserver", "as: Marketer"):
        assert words in sent.body
    assert "(Europe/Paris)" in sent.body


def test_the_mail_is_in_the_language_of_whom_it_invites(screen: Client):
    invite(screen, language="fr")
    settle()
    assert mail.outbox[0].subject == "Alice vous invite à rejoindre Relais"
    assert "Bonjour" in mail.outbox[0].body
    client, page = opened(link())
    assert '<html lang="fr">' in page
    # And the switch of the page still switches.
    client.post("/language", {"language": "en", "next": "/account/invitation"})
    page = client.get("/account/invitation").content.decode()
    assert "Welcome to Relais" in page
    assert '<option value="en" selected>' in page


def test_accepting_is_choosing_a_password_and_being_in(screen: Client):
    user = invite(screen)
    client, page = opened(link())
    assert "Alice invites you to http://testserver" in page
    answer = accept(client)
    assert (answer.status_code, answer["Location"]) == (302, "/"), answer.content
    assert '<html lang="fr"' in client.get("/").content.decode()
    user.refresh_from_db()
    assert (user.first_name, user.timezone) == ("Nina", "America/Montreal")
    assert sign_in(browser(), user.email, PASSWORD).status_code == 302
    mine = AuditEntry.objects.filter(object_id=user.pk, user=user).order_by("pk")
    assert list(mine.values_list("verb", flat=True)[:2]) == ["accept-invitation", "sign-in"]


@pytest.mark.parametrize("chosen", [False, True])
def test_a_zone_somebody_chose_stays_and_the_browser_knows_one_nobody_did(
    screen: Client, alice: User, chosen: bool
):
    invite(screen, timezone="Asia/Tokyo" if chosen else alice.timezone)
    _client, page = opened(link())
    assert ("data-own-zone" in page) is not chosen


def test_a_weak_or_mistyped_password_is_refused_and_nothing_is_kept(screen: Client):
    user = invite(screen)
    client, _page = opened(link())
    for wrong in ({"password1": "short", "password2": "short"}, {"password2": "another one 12"}):
        answer = accept(client, **wrong)
        assert answer.status_code == 422
        assert b'class="problem"' in answer.content
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert user.first_name == ""
    assert accept(client).status_code == 302


def test_a_link_is_good_once(screen: Client):
    invite(screen)
    address = link()
    first, _page = opened(address)
    second, _page = opened(address)
    assert accept(first).status_code == 302
    late = accept(second, password1="another long one 12", password2="another long one 12")
    assert late.status_code == 410
    assert "You have accepted already" in late.content.decode()
    assert sign_in(browser(), "nina@example.com", PASSWORD).status_code == 302


def test_looking_at_the_link_changes_nothing(screen: Client):
    user = invite(screen)
    address = link()
    for _program in range(3):
        opened(address)
    user.refresh_from_db()
    assert user.last_login is None
    assert accept(opened(address)[0]).status_code == 302


def test_who_is_signed_in_as_somebody_else_accepts_as_who_was_invited(screen: Client):
    user = invite(screen)
    screen.get(link())
    assert accept(screen).status_code == 302
    assert screen.get("/").wsgi_request.user == user


def test_the_secret_is_not_in_the_address_of_the_form(screen: Client):
    invite(screen)
    client = browser()
    client.get(link())
    page = client.get("/account/invitation")
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("made_up", ["1.1:abc", "x", "1", "999.1:abc", "1.1:" + "x" * 180])
def test_a_made_up_link_leads_nowhere(screen: Client, made_up: str):
    invite(screen)
    client, page = opened(f"/account/invitation/{made_up}")
    assert "This link leads nowhere" in page
    assert accept(client).status_code == 404
