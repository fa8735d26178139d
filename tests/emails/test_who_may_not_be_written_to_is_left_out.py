"""Policy at the claim and again at the turn: REL-08, consent, suppression, transactional mail."""

import pytest

from contacts.models import Consent, Contact, DoNotContact, Suppression
from contacts.services import consent
from contacts.services.suppression import digest
from emails.models import CapturedMail, Delivery, Email
from emails.services import claims, preparing, sending
from kernel import preferences
from tests.emails.people import NOW, begin, make_contact, make_contacts, states
from tests.settle import settle

pytestmark = pytest.mark.django_db


def reasons() -> dict[str | None, int]:
    found: dict[str | None, int] = {}
    for reason in Delivery.objects.values_list("reason", flat=True):
        found[reason] = found.get(reason, 0) + 1
    return found


def close(contact: Contact, reason: str) -> None:
    DoNotContact.objects.create(contact=contact, channel="email", reason=reason, at=NOW)


def suppress(kind: str, value: str, reason: str = "manual") -> None:
    Suppression.objects.create(channel="email", kind=kind, value=value, reason=reason, since=NOW)


def refuse(contact: Contact, purpose: str = "email_marketing") -> None:
    Consent.objects.create(contact=contact, purpose=purpose, state="refused", at=NOW)


def everybody() -> list[Contact]:
    """One person for each reason, and one whom nothing stops."""
    names = ["left", "bounced", "complained", "byhand", "refused", "address", "erased", "fine"]
    people = {name: make_contact(f"{name}@example.com") for name in names}
    people["domain"] = make_contact("x@blocked.example")
    close(people["left"], "unsubscribed")
    close(people["bounced"], "hard_bounce")
    close(people["complained"], "complaint")
    close(people["byhand"], "manual")
    refuse(people["refused"])
    suppress("address", "address@example.com")
    suppress("domain", "blocked.example")
    suppress("hash", digest("erased@example.com"))
    return list(people.values())


def test_marketing_is_kept_from_whoever_said_no():
    begin(everybody())
    settle(NOW)
    assert [mail.recipients for mail in CapturedMail.objects.all()] == ["fine@example.com"]
    assert reasons() == {
        None: 1,
        "unsubscribed": 1,
        "hard_bounce": 1,
        "complaint": 1,
        "manual": 1,
        "no_consent": 1,
        "suppressed": 3,
    }


def test_transactional_mail_goes_past_unsubscribes_and_stops_at_bounces_and_complaints():
    begin(everybody(), kind="transactional")
    settle(NOW)
    reached = sorted(CapturedMail.objects.values_list("recipients", flat=True))
    assert reached == ["fine@example.com", "left@example.com", "refused@example.com"]
    assert reasons() == {None: 3, "hard_bounce": 1, "complaint": 1, "manual": 1, "suppressed": 3}


def test_who_was_never_asked_gets_mail_unless_the_workspace_asks_for_consent():
    preferences.put("emails.require_consent", True)
    asked, never = make_contacts(2)
    Consent.objects.create(contact=asked, purpose="email_marketing", state="granted", at=NOW)
    begin([asked, never])
    settle(NOW)
    assert reasons() == {None: 1, "no_consent": 1}


def test_who_unsubscribes_between_the_claim_and_the_turn_gets_nothing():
    people = make_contacts(3)
    begin(people)
    preparing.work(NOW)
    claimed, _seen = claims.claim(claims.sources()[1], 10, NOW, transactional=False)
    assert len(claimed) == 3
    consent.close([people[1].pk], "email", "unsubscribed", "", NOW)
    sending.send_claimed(claimed, NOW)
    assert Delivery.objects.get(contact_id=people[1].pk).reason == "unsubscribed"
    assert states() == {"sent": 2, "skipped": 1}


def test_whoever_lost_the_claim_sends_nothing():
    begin(make_contacts(3))
    preparing.work(NOW)
    claimed, _seen = claims.claim(claims.sources()[1], 10, NOW, transactional=False)
    Delivery.objects.filter(pk=claimed[0].id).update(fence=99)
    sending.send_claimed(claimed, NOW)
    assert CapturedMail.objects.count() == 2


def test_an_email_unpublished_or_deleted_meanwhile_reaches_nobody():
    run = begin(make_contacts(2))
    preparing.work(NOW)
    Email.objects.filter(pk=run.email_id).update(state="unpublished")
    settle(NOW)
    assert reasons() == {"email_unpublished": 2}


def test_a_deleted_contact_is_listed_as_gone_and_the_rest_is_sent():
    people = make_contacts(2)
    begin(people)
    preparing.work(NOW)
    people[0].delete()
    settle(NOW)
    assert reasons() == {None: 1, "contact_gone": 1}
