"""An action that sends an email ends as a mail: personalised, once, in the ledger and the log."""

from datetime import UTC, datetime

import pytest

from contacts.models import Contact, ContactState
from emails.models import CapturedMail, Delivery, Email, State
from emails.services import versions
from kernel.actions import Batch, contact_actions, run_action
from kernel.models import Event
from tests.settle import settle

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_an_action_ends_as_a_captured_mail(settings):
    contact = Contact.objects.create(email="zoe@example.com", first_name="Zoë")
    ContactState.objects.create(contact=contact)
    email = Email(name="Welcome", subject="Hello {{ contact.first_name }}", html="<p>Hi</p>")
    email.save()
    versions.compile_version(email)
    email.save()
    action = contact_actions.get("emails.send")({"email": email.pk})
    outcomes = run_action(action, Batch([contact.pk], ["step:1:n1:1"]), NOW)
    assert outcomes.wake == {"emails.deliveries"}
    settle(NOW)
    mail = CapturedMail.objects.get()
    assert (mail.subject, mail.recipients) == ("Hello Zoë", "zoe@example.com")
    assert Delivery.objects.get().state == State.SENT
    assert Event.objects.filter(contact_id=contact.pk).count() >= 1


def test_a_broadcast_is_no_step_of_a_campaign(api):
    broadcast = Email.objects.create(name="News", subject="s", type=Email.Type.SEGMENT)
    step = {"id": "mail", "kind": "action", "key": "emails.send"}
    graph = {"nodes": [{**step, "config": {"email": str(broadcast.pk)}}], "edges": []}
    answer = api.post("/api/v1/campaigns", {"name": "C", "graph": graph})
    errors = [(one["field"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, errors) == (
        400,
        [("graph.nodes.0.config.email", "not_a_template")],
    )
