"""Days and hours on screen: one style, in the reader's language and zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from campaigns.models import Campaign
from contacts.catalogue import FieldSpec
from contacts.values import display
from kernel import clock, moments
from kernel.filters import sentence

AT = datetime(2026, 2, 3, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "written"),
    [
        ("en", "UTC", ["3 Feb 2026", "3 Feb", "Feb 2026", "Tuesday 3 Feb", "3 Feb 2026, 23:30"]),
        ("en", "Europe/Paris", ["4 Feb 2026", "4 Feb", "Feb 2026", "Wednesday 4 Feb"]),
        ("fr", "Europe/Paris", ["4 févr. 2026", "4 févr.", "févr. 2026", "mercredi 4 févr."]),
    ],
)
def test_a_moment_is_written_in_language_and_zone(language: str, zone: str, written: list[str]):
    with translation.override(language), timezone.override(zone):
        found = [moments.day(AT), moments.day_of_year(AT), moments.month(AT)]
        found += [moments.weekday(AT), moments.moment(AT)]
    assert found[: len(written)] == written


def test_the_first_of_a_month_is_an_ordinal_in_french():
    first, other = date(2026, 11, 1), date(2026, 11, 21)
    assert [moments.day(first, "fr"), moments.weekday(first, "fr"), moments.day_of_year(first)] == [
        "1er nov. 2026",
        "dimanche 1er nov.",
        "1 Nov",
    ]
    assert moments.day_of_year(first, "fr") == "1er nov."
    assert moments.day_of_year(other, "fr") == "21 nov."
    assert moments.month(first, "fr") == "nov. 2026"


def test_values_of_contacts_are_written_the_same_way():
    day, instant = (FieldSpec("x", kind, "X", "") for kind in ("date", "datetime"))
    assert display(day, "2026-02-03", "en") == moments.day(date(2026, 2, 3), "en")
    assert display(day, "2026-02-03", "fr") == "3 févr. 2026"
    assert display(instant, AT.isoformat(), "en", "Europe/Paris") == "4 Feb 2026, 00:30"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "english", "french"),
    [
        (
            {"field": "created_at", "op": "after", "value": "2026-02-03"},
            "is after 3 Feb 2026",
            "est après le 3 févr. 2026",
        ),
        ({"field": "country", "op": "is", "value": "DE"}, "Germany", "Allemagne"),
        ({"field": "country", "op": "in", "value": ["FR", "DE"]}, "France, Germany", "France"),
        ({"field": "points", "op": "gte", "value": 12500}, "12,500", "12\u202f500"),
        (
            {"event": "emails.opened", "count": {"op": "eq", "value": 1}, "within": "1d"},
            "exactly 1 time within 1 day",
            "exactement 1 fois depuis 1 jour",
        ),
        (
            {"field": "created_at", "op": "anniversary", "value": {"before": 1, "after": 2}},
            "from 1 day ahead until 2 days past it",
            "de 1 jour avant à 2 jours après",
        ),
    ],
)
def test_conditions_say_days_numbers_and_codes_in_words(rule, english: str, french: str):
    for language, words in (("en", english), ("fr", french)):
        with translation.override(language):
            assert words in sentence(rule)


@pytest.mark.django_db
def test_lists_write_old_days_with_their_year(client: Client, alice: User):
    Campaign.objects.create(name="Old")
    Campaign.objects.update(updated_at=clock.now() - timedelta(days=800))
    client.force_login(alice)
    then = Campaign.objects.get().updated_at
    assert f">{moments.day(then, 'en')}</time>" in client.get("/campaigns").content.decode()
    User.objects.filter(pk=alice.pk).update(language="fr")
    assert f">{moments.day(then, 'fr')}</time>" in client.get("/campaigns").content.decode()


@pytest.mark.django_db
def test_islands_know_the_readers_zone(client: Client, alice: User):
    User.objects.filter(pk=alice.pk).update(timezone="Asia/Tokyo")
    client.force_login(alice)
    assert 'data-zone="Asia/Tokyo"' in client.get("/profile").content.decode()
