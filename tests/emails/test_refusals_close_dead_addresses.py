"""REL-04: a refusal that names the address as dead closes it at once, with an event."""

import pytest

from contacts.models import DoNotContact
from emails.models import Delivery, State
from emails.services import transports
from emails.services.bounces import is_hard, status_of
from kernel.events import type_id
from kernel.models import Event
from tests.emails.people import NOW, begin, make_contacts, states
from tests.settle import settle
from tests.smtp_sink import Rule, Sink

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "hard"),
    [
        ("550 5.1.1 no such user", True),
        ("550-5.1.1 no such user", True),
        ("550 5.2.1 disabled", True),
        ("550 5.7.1 we do not like your network", False),
        ("552 5.2.2 mailbox full", False),
        ("550 relaying denied", False),
        ("553 5.1.8 bad sender", False),
        ("451 4.1.1 later", False),
        ("554 x 5.1.1", False),
    ],
)
def test_only_a_status_about_the_address_is_believed(words: str, hard: bool):
    assert is_hard(words) is hard
    assert status_of("550 5.7.515 access denied") == "5.7.515"


def test_a_dead_address_is_closed_and_nothing_more_goes_there(settings):
    people = make_contacts(4)
    rules = [Rule("p1@", "reject", "550 5.1.1 no such user"), Rule("p2@", "fail", "554 5.7.1 spam")]
    with Sink(rules) as sink:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}"
        begin(people)
        settle(NOW)
        assert states() == {"sent": 2, "failed": 2}
        closed = DoNotContact.objects.get()
        assert (closed.contact_id, closed.reason) == (people[1].pk, "hard_bounce")
        told = Event.objects.get(type_id=type_id("emails.bounced"))
        assert (told.contact_id, told.data["kind"], told.data["status"]) == (
            people[1].pk,
            "hard",
            "5.1.1",
        )
        begin(people, name="Second")
        settle(NOW)
        transports.transport().mailer.close()
    again = Delivery.objects.filter(contact_id=people[1].pk).latest("id")
    assert (again.state, again.reason) == (State.SKIPPED, "hard_bounce")
