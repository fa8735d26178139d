"""A screen whose locks collided with somebody else's does its work again, unseen."""

import pytest
from django.test import Client

from accounts.models import BuiltIn, Role
from contacts.models import Contact
from tests.cast import make_user
from tests.colliding import victim
from tests.journey import people


@pytest.mark.django_db(transaction=True)
def test_a_screen_survives_being_the_victim_of_a_deadlock(client: Client):
    administrator, _new = Role.objects.get_or_create(
        built_in=BuiltIn.ADMINISTRATOR,
        defaults={"name": "Administrator", "rights": {"*": {"*": "all"}}},
    )
    client.force_login(make_user("Alice", administrator))
    [person] = people(1)
    name = Contact.objects.get(pk=person).email
    with victim(person):
        answer = client.post(f"/contacts/{person}/delete", {"typed": name})
    assert (answer.status_code, answer["Location"]) == (302, "/contacts")
    assert not Contact.objects.exists()
    told = [str(message) for message in client.get("/contacts").context["messages"]]
    assert told == [f"Contact #{person} deleted"]
