"""Counts and names beside emails and segments are those of what their reader may see."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from contacts.models import Contact
from segments.models import Segment
from tests.cast import client_of, make_user
from tests.emails.people import make_contacts, make_email, make_segment

pytestmark = pytest.mark.django_db
ALL = dict.fromkeys(("view", "edit", "publish", "delete"), "all")


def user(name: str, **reach: str) -> User:
    """Make a user who may do all with emails, and sees contacts and segments so far."""
    rights: dict[str, Any] = {"emails": ALL}
    rights |= {kind: {"view": own} for kind, own in reach.items()}
    return make_user(name, Role.objects.create(name=name, rights=rights))


def screen_of(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


@pytest.fixture
def olga(db: None) -> User:
    return user("Olga", contacts="own", segments="all")


def mine(people: list[Contact], owner: User, count: int) -> None:
    Contact.objects.filter(pk__in=[each.pk for each in people[:count]]).update(owner=owner)


def test_who_sees_their_own_contacts_is_told_of_those_alone(olga: User, alice: User):
    people = make_contacts(5)
    mine(people, olga, 2)
    # The second of Olga's has the address of somebody's who comes first.
    Contact.objects.filter(pk=people[1].pk).update(email=None)
    email = make_email(type="segment", segments=[make_segment(people)])
    seen = screen_of(olga).get(f"/emails/{email.pk}/audience")
    found = seen.context["found"]
    assert (found.included, found.fresh, found.reachable) == (2, 2, 1)
    assert found.reasons == {"no_address": 1}
    assert "Counted among your own contacts" in seen.content.decode()
    whole = screen_of(alice).get(f"/emails/{email.pk}/audience").context["found"]
    assert (whole.included, whole.reachable) == (5, 4)


def test_doubles_are_judged_among_everybody(olga: User):
    people = make_contacts(2)
    mine(people[1:], olga, 1)
    Contact.objects.filter(pk=people[1].pk).update(email="P0@example.com")
    email = make_email(type="segment", segments=[make_segment(people)])
    found = screen_of(olga).get(f"/emails/{email.pk}/audience").context["found"]
    assert (found.reachable, found.reasons) == (0, {"duplicate_address": 1})


def test_the_dialog_tells_no_number_to_who_may_not_send(olga: User):
    email = make_email(type="segment", segments=[make_segment(make_contacts(5))])
    page = screen_of(olga).get(f"/emails/{email.pk}/send").content.decode()
    assert "for those who may see all contacts" in page
    assert "5" not in page.split("<footer>")[0].split("alert-circle")[1]
    refused = screen_of(olga).post(f"/emails/{email.pk}/send", {"when": "now", "people": "5"})
    assert refused.status_code == 409


def test_members_beside_segments_are_those_one_sees(olga: User, alice: User):
    people = make_contacts(5)
    mine(people, olga, 2)
    email = make_email(type="segment", segments=[make_segment(people)])
    nobody = user("Nora", segments="all")
    for who, count in ((alice, 5), (olga, 2), (nobody, None)):
        screen = screen_of(who)
        (segment,) = screen.get(f"/emails/{email.pk}").context["included"]["seen"]
        assert segment.shown_members == count
        editor = screen.get(f"/emails/{email.pk}/edit").content.decode()
        assert f'<span class="count">{"<span" if count is None else f"{count}<"}' in editor
    assert "Who may see contacts" in screen.get(f"/emails/{email.pk}/audience").content.decode()


def test_what_one_may_not_see_is_counted_and_not_named(alice: User, olga: User):
    secret = make_segment(make_contacts(1), "Secret buyers")
    Segment.objects.filter(pk=secret.pk).update(owner=alice)
    email = make_email(type="segment", segments=[secret], name="Secret plan", owner=alice)
    sara = user("Sara", contacts="all", segments="own")
    page = screen_of(sara).get(f"/emails/{email.pk}").content.decode()
    assert "Secret buyers" not in page
    assert "1 segment you cannot see" in page
    # The other way round: who sees the segment and no email of others.
    rights = {"segments": ALL, "emails": {"view": "own"}, "contacts": {"view": "all"}}
    paul = make_user("Paul", Role.objects.create(name="Paul", rights=rights))
    uses = screen_of(paul).get(f"/segments/{secret.pk}?tab=uses").content.decode()
    assert "Secret plan" not in uses
    assert "Used by 1 thing you cannot see" in uses
    make_email(type="segment", segments=[secret], name="Mine", owner=paul)
    uses = screen_of(paul).get(f"/segments/{secret.pk}?tab=uses").content.decode()
    assert "Mine" in uses
    assert "and 1 more you cannot see" in uses
    screen_of(paul).post(f"/segments/{secret.pk}/delete")
    refused = client_of(paul).delete(f"/api/v1/segments/{secret.pk}")
    assert refused.status_code == 409
    assert "Mine" in refused.json()["errors"][0]["message"]
    assert "Secret plan" not in refused.content.decode()
    told = client_of(alice).delete(f"/api/v1/segments/{secret.pk}").json()
    assert "Secret plan" in told["errors"][0]["message"]
