"""What is done to a person on screen leaves a trail that names nobody (PRV-07)."""

from importlib import import_module

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.words import ConsentState, Purpose
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db
NAME = {"first_name": "Ada", "last_name": "Quetzal", "email": "quetzal@example.com"}


def told() -> str:
    return str(list(AuditEntry.objects.values_list("name", "before", "after"))).lower()


def test_prv_07_an_erased_person_is_not_named_by_the_trail(client: Client, alice: User):
    client.force_login(alice)
    at = f"/contacts/{add(**NAME).pk}"
    client.post(f"{at}/tags", {"add": "vip"})
    client.post(
        f"{at}/consent", {"purpose": Purpose.EMAIL, "state": ConsentState.GRANTED, "text": "Yes"}
    )
    client.post(f"{at}/delete", {"typed": NAME["email"]})
    deeds = AuditEntry.objects.filter(kind="contacts", object_id__isnull=False)
    assert list(deeds.order_by("pk").values_list("verb", flat=True)) == 2 * ["change"] + ["delete"]
    assert "quetzal" not in told()


def test_prv_07_older_entries_forget_the_name(db):
    AuditEntry.objects.create(kind="contacts", verb="delete", name="Quetzal")
    AuditEntry.objects.create(kind="contacts", verb="change", after={"email": "quetzal@x.example"})
    AuditEntry.objects.create(kind="contacts", verb="bulk", name="Tags: 3")
    AuditEntry.objects.create(kind="segments", verb="delete", name="Customers")
    with connection.cursor() as cursor:
        # Without parameters a question mark is an operator.
        cursor.execute(import_module("accounts.migrations.0004_nobody_named").FORGET)
    assert "quetzal" not in told()
    names = AuditEntry.objects.values_list("name", flat=True)
    assert sorted(names) == ["", "", "Customers", "Tags: 3"]
