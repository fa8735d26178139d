"""What needs attention is counted of the people one may see."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaigns.models import Campaign, Step, StepState
from contacts.models import Contact
from emails.models import Delivery, Email, Send, State
from kernel import clock
from tests.journey import bring, deciding, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


def page(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_what_needs_attention_is_counted_of_ones_own(api: APIClient, alice: User, dora: User):
    mine, *others = people(3)
    Contact.objects.filter(pk=mine).update(owner=dora)
    campaign = run(api, deciding(within="1d"))
    bring(api, campaign, [mine, *others])
    settle()
    Step.objects.update(state=StepState.PARKED)
    Campaign.objects.update(owner=dora)
    now = clock.now()
    emails = [Email.objects.create(name=n, subject="s", html="x", owner=dora).pk for n in "ab"]
    for email, contacts in zip(emails, ([mine, others[0]], others), strict=True):
        begun = {"state": Send.State.DONE, "at": now, "started_at": now}
        send = Send.objects.create(email_id=email, counts={"uncertain": 2}, **begun)
        for contact in contacts:
            sent = {"cause": f"broadcast:{send.pk}", "due_at": now, "state": State.UNCERTAIN}
            Delivery.objects.create(email_id=email, run_id=send.pk, contact_id=contact, **sent)
    assert titles(page(alice)) == [3, 2, 2]
    assert titles(page(dora)) == [1, 1]


def titles(client: Client) -> list[int]:
    notices = client.get("/").context["notices"]
    return [int(notice.title.split()[0]) for notice in notices]
