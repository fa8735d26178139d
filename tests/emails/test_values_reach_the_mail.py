"""Tokens: contact, company, owner, what led here, the email itself, today; by the reader's data."""

import email
import email.policy
from datetime import UTC, datetime

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Company, Contact, ContactState, Field
from emails.models import CapturedMail, Delivery, EmailVersion
from emails.services import preparing
from kernel import preferences
from tests.emails.people import NOW, begin, make_contact, make_contacts, make_email
from tests.settle import settle

pytestmark = pytest.mark.django_db


def text_of(mail: CapturedMail) -> str:
    message = email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)
    text: str = message.get_body(("plain",)).get_content()
    return " ".join(text.split())


def sent(text: str, contact: Contact, **values: str) -> str:
    begin([contact], html="", text=text, **values)
    settle(NOW)
    return text_of(CapturedMail.objects.latest("pk"))


def test_every_kind_of_field_is_written_in_the_language_of_the_email(alice: User):
    for alias, kind in (
        *(("spent", "number"), ("born", "date"), ("seen", "datetime"), ("vip", "boolean")),
        *(("likes", "multiselect"), ("wakes", "time")),
    ):
        Field.objects.create(alias=alias, type=kind, label=alias, decimals=2)
    contact = make_contact(
        owner=alice,
        company=Company.objects.create(name="Brévent"),
        attrs={
            "spent": 1234.5,
            "born": "1990-04-02",
            "seen": "2026-11-21T23:30:00.000Z",
            "vip": True,
            "likes": ["ski", "tea"],
            "wakes": "07:30",
        },
    )
    ContactState.objects.filter(contact=contact).update(points=12)
    preferences.put("workspace.timezone", "Europe/Paris")
    text = sent(
        "{{ contact.spent|number(2) }} / {{ contact.born|date('long') }} / "
        "{{ contact.seen|date('d MMMM y HH:mm') }} / {{ contact.vip }} / {{ contact.likes }} / "
        "{{ contact.points }} / {{ company.name }} / {{ contact.company }} / "
        "{{ owner.first_name }} {{ owner.email }} / {{ contact.city|default('là-bas') }} / "
        "{{ email.name }} / {{ today|date('short') }}",
        contact,
        language="fr",
    )
    written = text.replace("\u202f", " ").replace("\u00a0", " ").split(" -- ")[0].split(" / ")
    assert written[:3] == ["1 234,50", "2 avril 1990", "22 novembre 2026 00:30"]
    assert written[3:8] == ["oui", "ski, tea", "12", "Brévent", "Brévent"]
    assert written[8:] == ["Alice alice@example.com", "là-bas", "News", "22/11/2026"]


def test_what_led_here_is_a_token_and_a_loop(api: APIClient):
    contact = make_contact()
    message = make_email(
        kind="transactional",
        html="",
        text="{{ event.order }}:{% for item in event.items %} {{ item.name }} x{{ item.count }}"
        "{% endfor %}",
    )
    event = {"order": "A-77", "items": [{"name": "Tea", "count": 2}, {"name": "Cup", "count": 1}]}
    answer = api.post(
        f"/api/v1/emails/{message.pk}/send", {"contact": str(contact.pk), "event": event}
    )
    assert answer.status_code == 202
    settle()
    assert text_of(CapturedMail.objects.get()) == "A-77: Tea x2 Cup x1"


def test_conditions_choose_by_the_contact():
    people = [make_contact("a@x.de", city="Lyon"), make_contact("b@x.de", city="Nice")]
    begin(people, html="", text="{% if contact.city == 'Lyon' %}near{% else %}far{% endif %}")
    settle(NOW)
    texts = {mail.recipients: text_of(mail).split()[0] for mail in CapturedMail.objects.all()}
    assert texts == {"a@x.de": "near", "b@x.de": "far"}


def test_the_workspace_names_the_sender_of_emails_that_name_none():
    preferences.put("emails.from_name", "Maison Brévent")
    preferences.put("emails.from_address", "bonjour@brevent.example")
    begin([make_contact()])
    settle(NOW)
    message = email.message_from_bytes(
        bytes(CapturedMail.objects.get().raw), policy=email.policy.default
    )
    assert str(message["From"]) == "Maison Brévent <bonjour@brevent.example>"
    assert CapturedMail.objects.get().sender == "bonjour@brevent.example"


def test_an_edit_in_the_middle_of_a_run_is_recorded_with_whoever_got_it(api: APIClient):
    run = begin(make_contacts(4))
    preparing.work(NOW)
    half = list(Delivery.objects.order_by("id").values_list("id", flat=True)[:2])
    Delivery.objects.filter(pk__in=half).update(due_at=datetime(2026, 11, 23, tzinfo=UTC))
    settle(NOW)
    api.patch(f"/api/v1/emails/{run.email_id}", {"subject": "Newer"})
    settle(datetime(2026, 11, 24, tzinfo=UTC))
    versions = dict(EmailVersion.objects.values_list("pk", "number"))
    recorded = {row.pk: versions[row.version_id or 0] for row in Delivery.objects.filter(state=3)}
    assert sorted(recorded.values()) == [1, 1, 2, 2]
    assert {recorded[number] for number in half} == {2}
    assert CapturedMail.objects.filter(subject="Newer").count() == 2
