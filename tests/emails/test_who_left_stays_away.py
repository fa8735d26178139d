"""PRV-05: unsubscribing holds for queued mail, imports, merges, the API and new contacts."""

import pytest
from django.test import Client

from contacts.models import Contact, DoNotContact, Suppression
from contacts.services.erase import erase
from contacts.services.merge import merge
from emails.models import CapturedMail, Delivery, Send
from emails.services import preparing
from kernel import clock
from tests.contacts.imports.sending import take
from tests.emails.people import NOW, begin, make_contact
from tests.emails.test_topics_are_left_one_by_one import ONE_CLICK, path_of
from tests.settle import settle

pytestmark = pytest.mark.django_db
API = "/api/v1"


def leave(contact: Contact) -> None:
    assert (
        Client(enforce_csrf_checks=True).post(path_of(contact, "u"), ONE_CLICK).status_code == 200
    )
    CapturedMail.objects.all().delete()


def broadcast_reaches() -> list[str]:
    begin(list(Contact.objects.all()))
    Send.objects.filter(finished_at=None).update(at=clock.now())
    settle(max(NOW, clock.now()))
    return sorted(CapturedMail.objects.values_list("recipients", flat=True))


def test_prv_05_mail_that_is_queued_already_does_not_go():
    zoe = make_contact()
    run = begin([zoe, make_contact("bo@example.com")])
    while preparing.work(NOW):
        pass
    DoNotContact.objects.create(contact=zoe, channel="email", reason="unsubscribed", at=NOW)
    settle(NOW)
    assert [mail.recipients for mail in CapturedMail.objects.all()] == ["bo@example.com"]
    assert Delivery.objects.get(run_id=run.pk, contact_id=zoe.pk).reason == "unsubscribed"


def test_prv_05_importing_and_writing_the_contact_again_lift_nothing(api):
    leave(make_contact("zoe@example.com"))
    take(api, "email,first_name,ok\nzoe@example.com,Z,yes\n", opt_in={"column": "ok"})
    row = {"email": "ZOE@example.com", "first_name": "Zoe"}
    api.post(f"{API}/contacts/bulk", {"match": "email", "mode": "upsert", "contacts": [row]})
    api.post(f"{API}/contacts", row)
    said = {"purpose": "email_marketing", "state": "granted"}
    at = f"{API}/contacts/{Contact.objects.earliest('pk').pk}"
    api.post(f"{at}/consents", said)
    assert broadcast_reaches() == []


def test_prv_05_erasing_and_coming_back_lifts_nothing(api):
    zoe = make_contact("zoe@example.com")
    leave(zoe)
    assert api.delete(f"{API}/contacts/{zoe.pk}").status_code == 204
    assert api.post(f"{API}/contacts", {"email": "Zoe@example.com"}).status_code == 201
    assert broadcast_reaches() == []
    receipt = {"name": "R", "subject": "S", "html": "<p>x</p>", "kind": "transactional"}
    email = api.post(f"{API}/emails", receipt).json()["id"]
    again = api.get(f"{API}/contacts").json()["results"][0]["id"]
    api.post(f"{API}/emails/{email}/send", {"contact": again})
    settle()
    assert [mail.subject for mail in CapturedMail.objects.all()] == ["S"]


@pytest.mark.parametrize("who_left", ["winner", "loser"])
def test_prv_05_merging_keeps_the_word_for_both_addresses(api, who_left: str):
    people = {name: make_contact(f"{name}@example.com") for name in ("winner", "loser")}
    leave(people[who_left])
    merge(people["winner"].pk, people["loser"].pk, clock.now())
    # The address that was dropped comes back as somebody else's.
    assert api.post(f"{API}/contacts", {"email": "loser@example.com"}).status_code == 201
    assert Contact.objects.count() == 2
    assert broadcast_reaches() == []


def test_prv_05_merging_with_a_bounce_keeps_both_reasons():
    winner, loser = make_contact("a@example.com"), make_contact("b@example.com")
    for person, reason in ((winner, "hard_bounce"), (loser, "unsubscribed")):
        DoNotContact.objects.create(contact=person, channel="email", reason=reason, at=NOW)
    merge(winner.pk, loser.pk, NOW)
    kept = DoNotContact.objects.order_by("reason").values_list("contact_id", "reason")
    assert list(kept) == [(winner.pk, "hard_bounce"), (winner.pk, "unsubscribed")]


def test_prv_05_of_people_who_had_an_address_the_strongest_word_is_kept():
    for reason in ("unsubscribed", "complaint", "soft_bounce"):
        zoe = make_contact()
        DoNotContact.objects.create(contact=zoe, channel="email", reason=reason, at=NOW)
        erase(zoe.pk, NOW)
    assert Suppression.objects.get().reason == "complaint"
