"""The frame: strangers sign in, everybody sees the places they may open."""

import pytest

pytestmark = pytest.mark.django_db


def test_strangers_are_sent_to_the_sign_in(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert "/login" in answer["Location"]


def test_alice_sees_every_place(client, alice):
    client.force_login(alice)
    page = client.get("/mailbox").content.decode()
    assert 'href="/mailbox"' in page
    assert 'href="/points/rules"' in page
    assert 'aria-current="page"' in page
    assert 'href="/api/docs"' in client.get("/settings/tokens").content.decode()


def test_charlie_sees_no_place_he_may_not_open(client, charlie):
    client.force_login(charlie)
    assert 'href="/mailbox"' not in client.get("/").content.decode()
    assert client.get("/mailbox").status_code == 403


def test_the_frame_speaks_french(client, alice):
    alice.language = "fr"
    alice.save()
    client.force_login(alice)
    assert '<html lang="fr"' in client.get("/").content.decode()


def test_the_settings_lead_to_the_first_one_may_open(client, alice, charlie):
    client.force_login(alice)
    assert client.get("/settings")["Location"].startswith("/settings/")
    client.force_login(charlie)
    assert client.get("/settings").status_code == 302
