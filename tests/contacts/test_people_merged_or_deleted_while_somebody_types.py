"""Somebody saves a form about a person who was merged or deleted meanwhile: nothing is lost."""

import re

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact
from contacts.services.erase import erase
from contacts.services.merge import merge
from kernel import clock
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> list[int]:
    return people(
        {"email": "ana@x.example", "first_name": "Ana", "city": "Lyon", "position": "Head"},
        {"email": "ana@old.example", "first_name": "Anna", "city": "Nice"},
    )


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def typed(client: Client, number: int, **values: str) -> dict[str, str]:
    """Open the form and return what it sends once somebody typed."""
    page = client.get(f"/contacts/{number}/edit")
    form = page.context["form"]
    sent = {field.html_name: field.value() or "" for field in form}
    hidden = {name: page.context[name] for name in ("version", "read", "sitting")}
    return {**sent, **hidden, **values}


def test_the_form_comes_back_on_the_one_that_stayed(client: Client, pair: list[int]):
    stays, goes = pair
    sent = typed(client, goes, city="Pau", mobile="+33 6 12 34 56 78")
    merge(stays, goes, clock.now())
    answer = client.post(f"/contacts/{goes}/edit", sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "merged with another one while you were editing" in page
    assert f'action="/contacts/{stays}/edit"' in page
    form = answer.context["form"]
    # What was typed stands there; what was not touched is the survivor's.
    shown = {name: form[name].value() for name in ("city", "mobile", "first_name", "position")}
    assert shown == {
        "city": "Pau", "mobile": "+33 6 12 34 56 78", "first_name": "Ana", "position": "Head",
    }  # fmt: skip
    assert {each.label for each in answer.context["differences"]} >= {"City"}
    again = {field.html_name: field.value() or "" for field in form}
    again |= {name: answer.context[name] for name in ("version", "read", "sitting")}
    assert client.post(f"/contacts/{stays}/edit", again).status_code == 302
    person = Contact.objects.get(pk=stays)
    assert (person.city, person.first_name, person.email) == ("Pau", "Ana", "ana@x.example")
    assert (person.position, person.mobile) == ("Head", "+33 6 12 34 56 78")


def test_tags_of_both_stay_and_the_new_one_comes_in(client: Client, api, pair: list[int]):
    stays, goes = pair
    for number, tag in zip(pair, ("one", "two"), strict=True):
        assert api.patch(f"/api/v1/contacts/{number}", {"tags": [tag]}).status_code == 200
    sent = typed(client, goes, tags="two, three")
    merge(stays, goes, clock.now())
    answer = client.post(f"/contacts/{goes}/edit", sent)
    again = {field.html_name: field.value() or "" for field in answer.context["form"]}
    again |= {name: answer.context[name] for name in ("version", "read", "sitting")}
    assert client.post(f"/contacts/{stays}/edit", again).status_code == 302
    assert set(api.get(f"/api/v1/contacts/{stays}").json()["tags"]) == {"one", "two", "three"}


def test_what_was_typed_about_somebody_deleted_is_still_there(client: Client, pair: list[int]):
    sent = typed(client, pair[1], city="Saint-Jean-de-Luz")
    erase(pair[1], clock.now())
    answer = client.post(f"/contacts/{pair[1]}/edit", sent)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "deleted while you were editing" in page
    assert "Saint-Jean-de-Luz" in page
    # There is nothing to save it to.
    assert not re.search(r'<button class="btn btn-primary" type="submit"', page)
    assert Contact.objects.count() == 1


def test_nobody_is_led_to_somebody_out_of_reach(dora: User, pair: list[int]):
    stays, goes = pair
    Contact.objects.filter(pk=goes).update(owner=dora)
    client = Client()
    client.force_login(dora)
    sent = typed(client, goes, city="Pau")
    merge(stays, goes, clock.now())
    Contact.objects.filter(pk=stays).update(owner=None)
    answer = client.post(f"/contacts/{goes}/edit", sent)
    assert answer.status_code == 404
    assert "ana@x.example" not in answer.content.decode()
    assert f"/contacts/{stays}/" not in answer.content.decode()
