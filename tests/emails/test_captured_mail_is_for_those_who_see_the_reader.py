"""Captured mails tell about contacts, so they are narrowed like contacts (SEC-15)."""

import pytest
from django.test import Client

from accounts.models import Role
from contacts.models import Contact
from emails.models import Delivery
from tests.cast import make_user
from tests.emails.people import NOW, begin, make_contacts
from tests.emails.test_captured_mail_is_read_safely import capture
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_who_sees_some_contacts_reads_only_mails_to_them(client: Client):
    rights = {"emails": {"view": "all"}, "contacts": {"view": "own"}}
    dora = make_user("Dora", Role.objects.create(name="Reader", rights=rights))
    begin(make_contacts(2, "a.example"))
    settle(NOW)
    mine, other = Delivery.objects.order_by("pk")
    Contact.objects.filter(pk=mine.contact_id).update(owner=dora)
    read = capture("For mine", '<p>a</p><img src="/e/o/1.x">', mine.pk)
    hidden = capture("For others", "<p>b</p>", other.pk)
    client.force_login(dora)
    page = client.get("/mailbox").content.decode()
    assert "For mine" in page
    assert "For others" not in page
    assert client.get(f"/mailbox/{hidden.pk}/source").status_code == 404
    page = client.get(f"/mailbox/{read.pk}").content.decode()
    assert "Looking at it here counts nothing" in page
    assert "not yet" in page
