"""Segments that most people want are made with a click or a word, and mean what they say."""

import pytest
from django.test import Client

from contacts.models import Contact, ContactState, Suppression
from contacts.services import consent
from contacts.services.consent import Proof
from kernel import clock, filters
from segments.models import Member, Segment
from segments.services.readymade import READY
from tests.settle import settle

pytestmark = pytest.mark.django_db
SEGMENTS = "/api/v1/segments"


@pytest.fixture
def screen(alice, client: Client) -> Client:
    client.force_login(alice)
    return client


def person(email=None, rank=None):
    contact = Contact.objects.create(email=email)
    ContactState.objects.create(contact=contact, activity_rank=rank)
    return contact.pk


def says(contact, purpose, state):
    now = clock.now()
    consent.give([contact], Proof(purpose, state, "test", now), now)


def test_each_holds_those_whom_its_name_says(api):
    now = clock.now()
    busy, quiet, unknown = person("a@x.example", 4), person("b@x.example", 0), person()
    left, refuser = person("c@x.example"), person("d@x.example")
    consent.close([left], "email", "unsubscribed", "", now)
    says(refuser, "email_marketing", "refused")
    says(busy, "email_marketing", "granted")
    mute = person("e@x.example")
    consent.close([mute], "sms", "complaint", "", now)
    bounced, listed = person("f@x.example"), person("g@y.example")
    consent.close([bounced], "email", "hard_bounce", "550", now)
    Suppression.objects.create(channel="email", kind="domain", value="y.example", since=now)
    wanted = {
        "active": {busy},
        "inactive": {quiet},
        "unsubscribed_email": {left, refuser},
        "unsubscribed_sms": {mute},
        "invalid": {bounced, listed},
        "never_asked": {quiet, left, mute, bounced, listed},
    }
    assert set(wanted) == set(READY)
    for key, people in wanted.items():
        answer = api.post(SEGMENTS, {"ready_made": key})
        assert answer.status_code == 201, answer.json()
        settle()
        inside = Member.objects.filter(segment_id=answer.json()["id"])
        assert set(inside.values_list("contact_id", flat=True)) == people, key
    assert unknown not in {contact for people in wanted.values() for contact in people}


def test_every_one_has_a_filter_that_can_be_said(api):
    said = {key: filters.sentence(one.filter) for key, one in READY.items()}
    assert said["inactive"] == "Activity rank is 0"
    assert len(set(said.values())) == len(READY)


def test_each_is_made_once_and_again_when_its_filter_was_changed(api):
    made = api.post(SEGMENTS, {"ready_made": "inactive"}).json()
    again = api.post(SEGMENTS, {"ready_made": "inactive"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "already_exists")
    own = {"all": [{"field": "city", "op": "is", "value": "Nice"}]}
    changed = api.patch(f"{SEGMENTS}/{made['id']}", {"filter": own}).json()
    assert changed["ready_made"] is None
    assert api.post(SEGMENTS, {"ready_made": "inactive", "name": "Asleep"}).status_code == 201
    assert Segment.objects.filter(ready_made="inactive").get().name == "Asleep"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ready_made": "rich"}, "ready_made"),
        ({"ready_made": "active", "filter": None}, "filter"),
        ({}, "name"),
        ({"name": "x", "portrait": "nobody"}, "portrait"),
    ],
)
def test_what_cannot_be_made_is_refused(api, body, field):
    answer = api.post(SEGMENTS, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert not Segment.objects.exists()


def test_they_are_offered_where_one_begins(screen, alice):
    empty = screen.get("/segments").content.decode()
    assert "Inactive people" in empty
    answer = screen.post("/segments/ready/inactive")
    made = Segment.objects.get()
    assert answer["Location"] == f"/segments/{made.pk}"
    assert (made.owner, made.ready_made) == (alice, "inactive")
    new = screen.get("/segments/new").content.decode()
    assert "/segments/ready/active" in new
    assert "/segments/ready/inactive" not in new
    assert "/segments/ready/" not in screen.get("/segments").content.decode()
    assert screen.post("/segments/ready/rich").status_code == 404
    screen.post("/segments/ready/inactive")
    assert Segment.objects.count() == 1


def test_a_segment_may_be_a_persona(screen):
    values = {"name": "Marie, 34", "members_by": "by_hand", "persona": "on"}
    values |= {"portrait": "plum", "story": "Buys shoes <b>on Sundays</b>."}
    assert screen.post("/segments/new", values).status_code == 302
    marie = Segment.objects.get()
    assert (marie.persona, marie.portrait) == (True, "plum")
    page = screen.get(f"/segments/{marie.pk}").content.decode()
    assert "portraits/plum" in page
    assert "Buys shoes &lt;b&gt;on Sundays" in page
    assert "portraits/plum" in screen.get("/segments?persona=yes").content.decode()
    wrong = screen.post("/segments/new", {**values, "portrait": "../mark"})
    assert wrong.status_code == 422
