"""Suspicious clicks wait ten seconds; what turns out a machine's is made good everywhere."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from contacts.models import ContactState
from emails.models import HeldClick
from kernel import clock
from kernel.events import type_id
from kernel.models import ContactActivity, Event
from tests.emails.following import Mail, copied, verdicts
from tests.emails.people import make_contact
from tests.settle import settle
from tracking import spool
from tracking.models import EventVerdict
from tracking.services import corrections

pytestmark = pytest.mark.django_db
LINKS = "".join(f'<a href="https://example.com/{number}">see</a> ' for number in range(4))


@pytest.fixture(autouse=True)
def _time_stands_still() -> Iterator[None]:
    """What follows within two seconds does so on the slowest machine."""
    with time_machine.travel(clock.now(), tick=False):
        yield


@pytest.fixture
def mail() -> Mail:
    return Mail(make_contact(), html=f"<p>{LINKS}</p>")


def later(seconds: int = 11) -> None:
    settle(clock.now() + timedelta(seconds=seconds))


def test_a_click_without_signs_counts_at_once(mail: Mail):
    mail.follow()
    copied()
    assert verdicts() == [1]
    assert not EventVerdict.objects.exists()


def test_a_suspicious_click_drives_nothing_for_ten_seconds(mail: Mail, api: APIClient):
    mail.follow(agent="")
    copied()
    settle()
    assert verdicts() == []
    assert mail.row().clicked_at is None
    # Nobody who decides in between takes the path of those who did not click.
    assert spool.oldest() == HeldClick.objects.get().at
    later()
    assert verdicts() == [2]
    assert spool.oldest() is None
    event = Event.objects.get(type_id=type_id("emails.clicked"))
    assert mail.row().clicked_at == event.occurred_at
    [shown] = api.get("/api/v1/events", {"type": "emails.clicked"}).json()["results"]
    assert (shown["verdict"], shown["verdict_reasons"]) == ("likely", ["nameless"])


def test_a_click_needs_two_signs_to_be_a_machines(mail: Mail):
    mail.sent(clock.now())
    mail.follow()
    mail.follow(agent="")
    copied()
    assert verdicts() == [3]
    assert list(EventVerdict.objects.values_list("reasons", flat=True)) == [["fast", "nameless"]]
    later()
    assert sorted(verdicts()) == [2, 3]


def test_a_private_address_alone_says_nothing_against_anybody(mail: Mail):
    from django.test import Client

    office = Client(headers={"user-agent": "Mozilla/5.0 Firefox/140"}, REMOTE_ADDR="10.1.2.3")
    office.get(mail.paths("o")[0])
    office.get(mail.paths("c")[0])
    copied()
    assert (verdicts("emails.opened"), verdicts()) == ([2], [2])
    mail.sent(clock.now())
    office.get(mail.paths("o")[0])
    copied()
    assert verdicts("emails.opened") == [2, 2]


def test_a_burst_seen_afterwards_is_made_good_everywhere(mail: Mail, api: APIClient):
    contact = mail.delivery.contact_id
    mail.follow(0)
    copied()
    settle()
    kind = type_id("emails.clicked")
    assert ContactActivity.objects.get(contact_id=contact, type_id=kind).count == 1
    active = ContactState.objects.get(contact_id=contact).last_active_at
    assert mail.row().clicked_at == active
    asked = {"filter": {"event": "emails.clicked"}}
    assert api.post("/api/v1/segments/count", asked).json()["count"] == 1

    mail.follow(1)
    mail.follow(2, agent="")
    copied()
    settle()
    later()
    assert verdicts() == [3, 3, 3]
    assert mail.row().clicked_at is None
    assert not ContactActivity.objects.filter(contact_id=contact, type_id=kind).exists()
    assert ContactState.objects.get(contact_id=contact).last_active_at is None
    assert api.post("/api/v1/segments/count", asked).json()["count"] == 0
    told = api.get("/api/v1/events", {"type": corrections.CORRECTED}).json()["results"]
    assert len(told) == 2
    assert {(row["data"]["type"], row["data"]["change"]) for row in told} == {
        ("emails.clicked", -1)
    }
    first = EventVerdict.objects.filter(was=1).first()
    assert (first.verdict, first.reasons) == (3, ["burst"])


def test_a_later_click_of_a_person_still_counts_after_a_burst(mail: Mail):
    for link in range(3):
        mail.follow(link)
    copied()
    settle()
    assert verdicts() == [3, 3, 3]
    Event.objects.filter(type_id=type_id("emails.clicked")).update(
        occurred_at=clock.now() - timedelta(seconds=30)
    )
    mail.follow(3)
    copied()
    settle()
    assert verdicts() == [3, 3, 3, 1]
    last = Event.objects.filter(type_id=type_id("emails.clicked"), verdict=1).get()
    assert mail.row().clicked_at == last.occurred_at
    activity = ContactActivity.objects.get(type_id=type_id("emails.clicked"))
    assert (activity.count, activity.first_at) == (1, last.occurred_at)


def test_a_correction_can_be_taken_back(mail: Mail):
    mail.follow()
    copied()
    settle()
    event = Event.objects.get(type_id=type_id("emails.clicked"))
    for verdict, count in ((3, 0), (3, 0), (1, 1)):
        corrections.correct([(event.pk, event.occurred_at)], verdict, ["by_hand"], clock.now())
        settle()
        rows = ContactActivity.objects.filter(type_id=event.type_id)
        assert sum(row.count for row in rows) == count
    assert EventVerdict.objects.count() == 2
