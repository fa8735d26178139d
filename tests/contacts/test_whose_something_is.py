"""Owners on screen: nobody gives away what they alone may reach, and who left stays the owner."""

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Company, Contact, ContactState

pytestmark = pytest.mark.django_db


def test_who_reaches_only_their_own_gives_no_company_away(client: Client, dora: User):
    company = Company.objects.create(name="Acme", owner=dora)
    client.force_login(dora)
    page = client.get(f"/companies/{company.pk}/edit")
    sent = {"name": "Acme Ltd", "owner": "", "version": page.context["version"]}
    client.post(f"/companies/{company.pk}/edit", sent)
    company.refresh_from_db()
    assert (company.name, company.owner) == ("Acme Ltd", dora)


@pytest.mark.parametrize("kind", ["contacts", "companies"])
def test_who_left_stays_the_owner_until_somebody_else_is_chosen(
    client: Client, alice: User, bob: User, kind: str
):
    if kind == "contacts":
        row = Contact.objects.create(owner=bob, first_name="Ada")
        ContactState.objects.create(contact=row)
    else:
        row = Company.objects.create(owner=bob, name="Acme")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    client.force_login(alice)
    field = client.get(f"/{kind}/{row.pk}/edit").context["form"]["owner"]
    assert field.value() == str(bob.pk)
    assert str(bob.pk) in dict(field.field.choices)
    assert str(bob.pk) not in dict(
        client.get(f"/{kind}/new").context["form"]["owner"].field.choices
    )
