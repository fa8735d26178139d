"""The ledger and the explanation name the same reason, in a code and in words."""

from datetime import date

import pytest

from contacts.models import ChannelWish, Consent, DoNotContact, Topic
from emails.models import Delivery, Reason
from kernel import clock, preferences
from tests.emails.people import NOW, begin, make_contact, make_email, make_segment
from tests.settle import settle
from tests.shared_data import ROOT

pytestmark = pytest.mark.django_db
API = "/api/v1"


def explained(api, email, contact):
    answer = api.get(f"{API}/emails/{email.pk}/explanation", {"contact": contact.pk})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_explanation_is_what_the_ledger_will_say(api):
    preferences.put("emails.frequency_caps", [{"max": 1, "per": "month"}])
    topic = Topic.objects.create(name="News")
    fine, left, refused, topicless, paused, often, nowhere = people = [
        make_contact(f"{number}@x.example" if number < 6 else None) for number in range(7)
    ]
    DoNotContact.objects.create(contact=left, channel="email", reason="unsubscribed", at=NOW)
    for person, number in ((refused, 0), (topicless, topic.pk)):
        said = {"purpose": "email_marketing", "state": "refused", "at": NOW}
        Consent.objects.create(contact=person, topic_id=number, **said)
    ChannelWish.objects.create(contact=paused, channel="email", pause_until=date(2099, 1, 1))
    begin([often])
    settle(NOW)
    Delivery.objects.update(sent_at=clock.now())
    run = begin(people, topic=topic)
    told = {person.pk: explained(api, run.email, person) for person in people}
    run.email.sends.update(at=clock.now())
    settle()
    ledger = dict(Delivery.objects.filter(run_id=run.pk).values_list("contact_id", "reason"))
    assert {contact: one["reason"] for contact, one in told.items()} == ledger
    assert set(ledger.values()) == {
        *(None, "unsubscribed", "no_consent", "topic_refused"),
        *("paused", "frequency_cap", "no_address"),
    }
    assert told[fine.pk] == {
        "sends": True,
        "selected": True,
        "reason": None,
        "explanation": None,
        "waits_until": None,
        "opens_measured": True,
        "clicks_measured": True,
    }
    assert told[left.pk]["explanation"] == "unsubscribed"
    rows = api.get(f"{API}/deliveries", {"run": run.pk, "contact": nowhere.pk}).json()["results"]
    assert [(row["reason"], row["explanation"]) for row in rows] == [("no_address", "no address")]


def test_what_waits_says_until_when(api):
    preferences.put("emails.quiet_hours", {"from": "00:00", "to": "23:59"})
    email, person = make_email(), make_contact()
    told = explained(api, email, person)
    assert (told["sends"], told["reason"], told["selected"]) == (False, "quiet_hours", None)
    assert told["waits_until"].endswith("23:59:00.000Z")
    assert explained(api, make_email(kind="transactional"), person)["sends"]


def test_who_was_not_chosen_is_told_so_and_strangers_are_not_found(api, api_dora):
    email = make_email(type="segment", segments=[make_segment([])])
    person = make_contact()
    assert explained(api, email, person)["reason"] == "not_selected"
    at = f"{API}/emails/{email.pk}/explanation"
    for contact, status in ((None, 400), (0, 400), (999999, 400), ("x", 400)):
        given = {} if contact is None else {"contact": contact}
        assert api.get(at, given).status_code == status
    assert api_dora.get(at, {"contact": person.pk}).status_code == 404


def test_every_reason_stands_in_the_documentation():
    text = (ROOT / "docs" / "api.md").read_text()
    assert [one for one in [*Reason.values, "not_selected"] if f"`{one}`" not in text] == []
