"""Whoever previews an email finds people by words of their names, as everywhere else."""

import pytest

from contacts.models import Contact

pytestmark = pytest.mark.django_db


def found(client, text):
    return [one["email"] for one in client.get("/emails/people", {"q": text}).json()["people"]]


def test_people_are_found_without_accents_by_any_word_and_by_their_very_address(client, alice):
    for email, first, last in (
        ("elodie@example.com", "Élodie", "du Pré"),
        ("me.elodie@example.com", "Zoe", "Durand"),
    ):
        Contact.objects.create(
            email=email, email_key=email, first_name=first, last_name=last, owner=alice
        )
    client.force_login(alice)
    assert found(client, "pre elodie") == ["elodie@example.com"]
    assert found(client, "elodie@example.com") == ["elodie@example.com"]
    assert found(client, "durand") == ["me.elodie@example.com"]
    assert len(found(client, "")) == 2
