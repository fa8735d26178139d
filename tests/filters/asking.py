"""People of an address, and the question whether the suppression list has them."""

from contacts.models import Contact, ContactState

LISTED = {"field": "suppressed", "op": "is", "value": True}


def person(email):
    contact = Contact.objects.create(email=email)
    ContactState.objects.create(contact=contact)
    return contact.pk
