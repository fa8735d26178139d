"""Invitations keep to ranks, to the last administrator, and to a mail server that is away."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AccountMail, BuiltIn, Role, User
from kernel import clock
from tests.accounts.inviting import invite
from tests.cast import make_user
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def page(screen: Client, user: User) -> str:
    return screen.get(f"/settings/users/{user.pk}").content.decode()


def test_somebody_stronger_is_neither_invited_nor_uninvited(screen: Client, client: Client):
    strong = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    user = invite(screen, role=strong.pk)
    settle()
    hand = make_user("Hand", Role.objects.create(name="Hand", rights={"users": {"*": "all"}}))
    client.force_login(hand)
    assert "Send it again" not in page(client, user)
    for address in ("invitation", "invitation/withdraw"):
        client.post(f"/settings/users/{user.pk}/{address}")
    assert (AccountMail.objects.count(), len(mail.outbox)) == (0, 1)
    assert "Not yet accepted" in page(client, user)


def test_an_invited_administrator_who_never_came_does_not_let_the_last_one_go(
    screen: Client, alice: User
):
    invite(screen, role=alice.role_id)
    screen.post(f"/settings/users/{alice.pk}/delete")
    sent = {"email": alice.email, "language": "en", "timezone": "UTC", "version": alice.version}
    viewer = Role.objects.get(built_in=BuiltIn.VIEWER).pk
    answer = screen.post(f"/settings/users/{alice.pk}/edit", {**sent, "role": viewer})
    assert answer.status_code == 422
    assert User.objects.filter(pk=alice.pk, role=alice.role).exists()


def test_a_mail_server_away_for_hours_still_gets_the_mail(screen: Client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    user = invite(screen)
    settle()
    assert "The mail has not left yet" in page(screen, user)
    now = clock.now()
    for hours in (1, 3, 9):
        settle(now + timedelta(hours=hours))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settle(now + timedelta(hours=20))
    assert [sent.to for sent in mail.outbox] == [[user.email]]
