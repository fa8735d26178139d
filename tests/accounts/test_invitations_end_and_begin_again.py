"""What becomes of an invitation nobody accepts: shown with its date, ended, sent again."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import AccountMail, AuditEntry, User
from kernel import clock
from tests.accounts.browser import browser
from tests.accounts.inviting import accept, invite, link, opened
from tests.settle import settle

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7, minutes=1)


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def page(screen: Client, user: User) -> str:
    return screen.get(f"/settings/users/{user.pk}").content.decode()


def listed(screen: Client, **asked: str) -> list[str]:
    rows = screen.get("/settings/users", asked).context["rows"]
    return [row.email for row, _cells in rows]


def test_list_and_page_say_who_is_waited_for_until_when(screen: Client, alice: User):
    user = invite(screen)
    assert "Not yet accepted. The link works until" in page(screen, user)
    shown = screen.get("/settings/users").content.decode()
    assert "Invited" in shown
    assert "until" in shown
    assert listed(screen, invitation="pending") == [user.email]
    with time_machine.travel(clock.now() + WEEK):
        screen.logout()
        screen.force_login(alice)
        assert "Nobody came by" in page(screen, user)
        assert listed(screen, invitation="expired") == [user.email]
        assert listed(screen, invitation="pending") == []
    screen.logout()
    screen.force_login(alice)
    accept(opened(link())[0])
    assert "Accepted on" in page(screen, user)
    assert listed(screen, invitation="accepted") == [user.email]


def test_an_expired_link_says_so_and_whom_to_ask(screen: Client, alice: User):
    invite(screen)
    address = link()
    with time_machine.travel(clock.now() + WEEK):
        client, shown = opened(address)
        assert "This invitation has expired" in shown
        assert f'href="mailto:{alice.email}' in shown.replace("%40", "@")
        assert accept(client).status_code == 410


def test_sent_again_it_lasts_another_week_and_the_earlier_link_ends(screen: Client, alice: User):
    user = invite(screen)
    first = link()
    with time_machine.travel(clock.now() + WEEK):
        screen.logout()
        screen.force_login(alice)
        screen.post(f"/settings/users/{user.pk}/invitation")
        second = link()
        assert len(mail.outbox) == 2
        assert "There is a newer invitation" in opened(first)[1]
        assert accept(opened(second)[0]).status_code == 302
    entry = AuditEntry.objects.get(object_id=user.pk, verb="invitation")
    assert entry.user == alice
    assert entry.before["invited_until"] < entry.after["invited_until"]


def test_withdrawn_the_link_leads_nowhere_until_it_is_sent_again(screen: Client):
    user = invite(screen)
    address = link()
    screen.post(f"/settings/users/{user.pk}/invitation/withdraw")
    assert "This invitation was withdrawn" in opened(address)[1]
    assert accept(opened(address)[0]).status_code == 410
    assert "Withdrawn on" in page(screen, user)
    assert AuditEntry.objects.filter(object_id=user.pk, verb="delete invitation").exists()
    screen.post(f"/settings/users/{user.pk}/invitation")
    assert accept(opened(link())[0]).status_code == 302


def test_an_inactive_user_cannot_accept(screen: Client):
    user = invite(screen)
    address = link()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert accept(opened(address)[0]).status_code == 410


def test_a_corrected_address_gets_the_mail_and_the_wrong_one_no_longer_leads_in(screen: Client):
    user = invite(screen, "typo")
    wrong = link()
    values = {"role": user.role_id, "language": "en", "timezone": "UTC", "is_active": "on"}
    at = f"/settings/users/{user.pk}/edit"
    screen.post(at, {**values, "email": "nina@example.com", "version": user.version})
    settle()
    assert mail.outbox[-1].to == ["nina@example.com"]
    assert "This link leads nowhere" in opened(wrong)[1]
    assert accept(opened(link())[0]).status_code == 302


def test_who_lost_the_mail_and_asks_for_a_password_gets_the_link_again(screen: Client):
    user = invite(screen)
    first = link()
    browser().post("/account/password", {"email": user.email})
    assert link() == first
    assert accept(opened(first)[0]).status_code == 302


def test_no_password_is_sent_to_whose_invitation_has_ended(screen: Client):
    user = invite(screen)
    settle()
    screen.post(f"/settings/users/{user.pk}/invitation/withdraw")
    answer = browser().post("/account/password", {"email": user.email})
    assert answer["Location"] == "/account/password/sent"
    assert not AccountMail.objects.exists()


def test_who_has_come_is_not_invited_again(screen: Client):
    user = invite(screen)
    accept(opened(link())[0])
    for address in ("invitation", "invitation/withdraw"):
        screen.post(f"/settings/users/{user.pk}/{address}")
    assert AccountMail.objects.count() == 0
    assert "Send it again" not in page(screen, user)
