"""People with notes and tasks, and the press that takes a change back."""

from typing import Any

from django.test import Client

from accounts.models import User
from contacts.models import Contact, ContactState


def person(owner: User | None = None, **values: Any) -> Contact:
    contact = Contact.objects.create(owner=owner, **values)
    ContactState.objects.create(contact=contact)
    return contact


def take_back(client: Client, page: Any) -> str:
    """Press *Undo* in the latest news of a page; return what is said then."""
    *_earlier, news = page.context["messages"]
    again = client.post("/undo", {"undo": news.extra_tags.removeprefix("undo:")}, follow=True)
    return str(list(again.context["messages"])[-1])
