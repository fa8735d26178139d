"""Double opt-in (PRV-17): until a person presses the button (SEC-43), only that mail is sent."""

import email
import email.policy
import html
import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from contacts.models import Consent, Contact, DoNotContact
from emails.models import CapturedMail, Delivery, Email, Send
from emails.services import confirming
from kernel import clock, preferences
from tests.emails.people import begin
from tests.settle import settle

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def sign_up(api, address: str = "zoe@x.example", **values) -> str:
    made = api.post(f"{API}/contacts", {"email": address, **values}).json()
    said = {"purpose": "email_marketing", "state": "pending", "source": "form:1"}
    assert api.post(f"{API}/contacts/{made['id']}/consents", said).status_code == 201
    settle()
    return made["id"]


def state(contact: str) -> str | None:
    return Consent.objects.filter(contact=contact).values_list("state", flat=True).first()


def broadcast() -> None:
    begin(list(Contact.objects.all()))
    Send.objects.update(at=clock.now())
    settle()


def letter() -> email.message.EmailMessage:
    raw = bytes(CapturedMail.objects.get().raw)
    return email.message_from_bytes(raw, policy=email.policy.default)


def link() -> str:
    body = letter().get_body(("html",)).get_content()
    return re.search(r"http://testserver(/e/y/[\w.-]+)", body)[1]


def test_the_confirmation_is_the_only_mail_and_measures_nothing(api):
    contact = sign_up(api, locale="fr")
    message = letter()
    body = message.get_body(("html",)).get_content()
    assert message["Subject"] == "Veuillez confirmer votre abonnement"
    assert (message["List-Unsubscribe"], message["List-Id"]) == (None, None)
    assert "/e/o/" not in body
    assert "/e/c/" not in body
    broadcast()
    assert CapturedMail.objects.count() == 1
    assert Delivery.objects.latest("pk").reason == "unconfirmed"
    assert state(contact) == "pending"


def test_looking_at_the_link_confirms_nothing_and_the_button_does(api, browser: Client):
    contact = sign_up(api)
    DoNotContact.objects.create(
        contact_id=contact, channel="email", reason="unsubscribed", at=clock.now()
    )
    path = link()
    for answer in (browser.get(path), browser.head(path), browser.get(path + "?lang=fr")):
        assert answer.status_code == 200
    assert state(contact) == "pending"
    page = browser.post(path + "?lang=en").content.decode()
    assert "You are subscribed" in page
    assert (state(contact), DoNotContact.objects.count()) == ("granted", 0)
    proof = api.get(f"{API}/contacts/{contact}/consents").json()["results"][0]
    assert (proof["state"], proof["source"]) == ("granted", "confirmation")
    assert proof["text"]
    broadcast()
    assert CapturedMail.objects.count() == 2
    assert browser.post(path).status_code == 200
    assert len(api.get(f"{API}/contacts/{contact}/consents").json()["results"]) == 2


def test_the_link_says_what_holds_once_nothing_waits_any_more(api, browser: Client):
    contact = sign_up(api)
    path = link() + "?lang=en"
    assert "Yes, send me these emails" in browser.get(path).content.decode()
    browser.post(path)
    again = browser.get(path).content.decode()
    assert "You are subscribed" in again
    assert "Yes, send me these emails" not in again
    refused = {"purpose": "email_marketing", "state": "refused", "source": "form:1"}
    assert api.post(f"{API}/contacts/{contact}/consents", refused).status_code == 201
    left = browser.get(path).content.decode()
    assert "Nothing waits for your yes" in left
    assert "Yes, send me these emails" not in left


def test_the_proof_keeps_the_words_that_stood_on_the_button(api, browser: Client):
    contact = sign_up(api)
    path = link() + "?lang=fr"
    words = re.search(r"<button[^>]*>([^<]+)</button>", browser.get(path).content.decode())[1]
    browser.post(path, HTTP_ACCEPT_LANGUAGE="en")
    proof = api.get(f"{API}/contacts/{contact}/consents").json()["results"][0]
    assert proof["text"] == html.unescape(words)


def test_the_proof_says_from_where_and_in_which_language(api, browser: Client):
    contact = sign_up(api)
    browser.post(link() + "?lang=fr", REMOTE_ADDR="203.0.113.7")
    proof = api.get(f"{API}/contacts/{contact}/consents").json()["results"][0]
    assert (proof["ip"], proof["language"]) == ("203.0.113.7", "fr")
    assert proof["text"] == "Oui, envoyez-moi ces e-mails"


def test_a_token_for_another_purpose_confirms_nothing(api, browser: Client):
    contact = sign_up(api)
    for wrong in (link()[:-1], link().replace("/e/y/", "/e/u/"), "/e/y/x"):
        browser.post(wrong)
    assert state(contact) == "pending"


def test_a_word_given_before_is_not_lost_by_asking_again(api):
    contact = sign_up(api)
    said = {"purpose": "email_marketing", "source": "form:1"}
    for one in ("granted", "pending"):
        api.post(f"{API}/contacts/{contact}/consents", {**said, "state": one})
    settle()
    assert state(contact) == "granted"
    api.post(f"{API}/contacts/{contact}/consents", {**said, "state": "refused"})
    api.post(f"{API}/contacts/{contact}/consents", {**said, "state": "pending"})
    settle()
    assert state(contact) == "pending"
    # Nobody's mailbox is filled by signing them up again and again.
    assert CapturedMail.objects.count() == 1


def test_who_does_not_answer_is_forgotten_and_known_people_just_get_no_mail(api):
    stranger, customer = sign_up(api), sign_up(api, "old@x.example", tags=["customer"])
    confirming.purge(clock.now() + timedelta(days=29))
    assert (state(stranger), state(customer)) == ("pending", "pending")
    confirming.purge(clock.now() + timedelta(days=31))
    assert not Contact.objects.filter(pk=stranger).exists()
    assert state(customer) == "refused"


def test_the_email_that_asks_can_be_ones_own(api):
    own = {"name": "Own", "kind": "transactional", "subject": "Well?", "html": "<p>x</p>"}
    bare = api.post(f"{API}/emails", own).json()["id"]
    patch = {"emails.confirmation_email": bare}
    assert api.patch(f"{API}/preferences", patch).status_code == 400
    api.patch(f"{API}/emails/{bare}", {"html": "<p>{{ confirm_url }}</p>"})
    assert api.patch(f"{API}/preferences", patch).status_code == 200
    sign_up(api)
    assert letter()["Subject"] == "Well?"
    assert Email.objects.count() == 1
    marketing = {**own, "kind": "marketing", "html": "<p>{{ confirm_url }}</p>"}
    answer = api.post(f"{API}/emails", marketing)
    assert answer.json()["errors"][0]["code"] == "not_allowed"
    assert preferences.get("emails.confirmation_email") == bare


@pytest.mark.django_db(transaction=True)
def test_who_answers_while_others_are_forgotten_stays(api):
    contact = sign_up(api)

    def purge() -> None:
        confirming.purge(clock.now() + timedelta(days=31))
        connection.close()

    forgetting = threading.Thread(target=purge)
    with transaction.atomic():
        confirming.confirm(int(contact), "yes", clock.now())
        forgetting.start()
        # Long enough to have looked, and to wait for what is held here.
        forgetting.join(0.5)
    forgetting.join()
    assert Contact.objects.filter(pk=contact).exists()
    assert state(contact) == "granted"
