"""Segments on screen: list, members, growth, and the editor that never overwrites."""

import json

import pytest

from contacts.models import Contact, ContactState
from kernel import clock
from segments.models import Member, Segment
from segments.services import editing
from tests.resource_contract import ResourceContract
from tests.settle import settle

FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}


class TestSegmentsOnScreen(ResourceContract):
    base = "/segments"

    def make(self, number, owner=None):
        return Segment.objects.create(name=f"Segment {number}", owner=owner)

    def fields(self, number):
        return {"name": f"Segment {number}", "members_by": "by_hand"}


def person(**values):
    contact = Contact.objects.create(**values)
    ContactState.objects.create(contact=contact)
    return contact


@pytest.fixture
def screen(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def french(db):
    ann, bob = person(email="ann@example.com", country="FR"), person(email="bob@example.com")
    segment = editing.create({"name": "French", "filter": FRENCH}, now=clock.now())
    settle()
    segment.refresh_from_db()
    return segment, ann, bob


def inside(segment):
    rows = Member.objects.filter(segment_id=segment.pk).exclude(manual=2)
    return set(rows.values_list("contact_id", flat=True))


def test_a_segment_is_made_and_its_filter_kept_as_it_was_written(screen):
    tree = {"any": [{"field": "points", "op": "gte", "value": 5}, *FRENCH["all"]]}
    body = {"name": "Good", "members_by": "dynamic", "tree": json.dumps(tree)}
    assert screen.post("/segments/new", body).status_code == 302
    segment = Segment.objects.get()
    assert (segment.name, segment.filter) == ("Good", tree)
    page = screen.get(f"/segments/{segment.pk}/edit").content.decode()
    assert "&quot;points&quot;" in page
    assert "data-filter-builder" in page


@pytest.mark.parametrize(
    "tree",
    [
        "",
        "{",
        "[]",
        '{"all": []}',
        '{"all": [{"any": []}]}',
        '{"all": [{"field": "nothing", "op": "is", "value": 1}]}',
        '{"all": [{"segment": [999999], "op": "in"}]}',
    ],
)
def test_a_bad_filter_is_refused_and_kept_in_the_form(screen, tree):
    body = {"name": "Bad", "members_by": "dynamic", "tree": tree}
    answer = screen.post("/segments/new", body)
    assert answer.status_code == 422
    assert not Segment.objects.exists()
    if "999999" in tree:
        assert '"filter.all.0.segment.0"' in answer.content.decode()


def test_the_second_editor_keeps_their_work(screen, french):
    segment, _ann, _bob = french
    at = f"/segments/{segment.pk}/edit"
    mine = {"all": [{"field": "city", "op": "is", "value": "Nice"}]}
    body = {"name": "Mine", "members_by": "dynamic", "tree": json.dumps(mine)}
    stale = screen.post(at, {**body, "version": segment.version - 1})
    assert stale.status_code == 409
    assert "Nice" in stale.content.decode()
    segment.refresh_from_db()
    assert segment.filter == FRENCH
    assert screen.post(at, {**body, "version": segment.version}).status_code == 302
    segment.refresh_from_db()
    assert (segment.name, segment.filter) == ("Mine", mine)


def test_a_segment_must_not_name_itself(screen, french):
    segment, _ann, _bob = french
    tree = {"all": [{"segment": [segment.pk], "op": "in"}]}
    body = {"name": "x", "members_by": "dynamic", "tree": json.dumps(tree)}
    answer = screen.post(f"/segments/{segment.pk}/edit", {**body, "version": segment.version})
    assert answer.status_code == 422
    assert '"cycle"' in answer.content.decode()


def test_people_are_added_and_removed_by_hand_and_that_is_taken_back(screen, french):
    segment, ann, bob = french
    at = f"/segments/{segment.pk}"
    screen.post(f"{at}/members", {"emails": "Bob@example.com, nobody@example.com"})
    page = screen.get(at).content.decode()
    assert "1 person added" in page
    assert "nobody@example.com" in page
    assert inside(segment) == {ann.pk, bob.pk}
    token = page.split('name="undo" value="')[1].split('"')[0]
    screen.post("/undo", {"undo": token})
    assert inside(segment) == {ann.pk}
    screen.post(f"{at}/members", {"contact": ann.pk})
    assert inside(segment) == set()
    assert "ann@example.com" in screen.get(f"{at}?by=removed").content.decode()
    screen.post(f"{at}/members", {"contact": ann.pk, "act": "add"})
    assert inside(segment) == {ann.pk}
    assert "ann@example.com" in screen.get(f"{at}?q=AN").content.decode()
    assert "ann@example.com" not in screen.get(f"{at}?q=zoe").content.decode()


def test_growth_uses_and_a_new_build(screen, french):
    segment, _ann, _bob = french
    naming = {"all": [{"segment": [segment.pk], "op": "in"}]}
    editing.create({"name": "Within", "filter": naming}, now=clock.now())
    at = f"/segments/{segment.pk}"
    growth = screen.get(f"{at}?tab=growth").content.decode()
    assert "From 0 to 1 members in 90 days" in growth
    assert "Within" in screen.get(f"{at}?tab=uses").content.decode()
    refused = screen.post(f"{at}/delete", follow=True).content.decode()
    assert "Within" in refused
    assert Segment.objects.filter(pk=segment.pk).exists()
    assert screen.post(f"{at}/rebuild").status_code == 302


def test_who_sees_own_contacts_sees_no_others_and_who_may_nothing_no_page(
    client, french, dora, charlie
):
    segment, ann, bob = french
    Segment.objects.filter(pk=segment.pk).update(owner=dora)
    Contact.objects.filter(pk=bob.pk).update(owner=dora)
    at = f"/segments/{segment.pk}"
    client.force_login(dora)
    assert "ann@example.com" not in client.get(at).content.decode()
    client.post(f"{at}/members", {"emails": "ann@example.com bob@example.com"})
    assert inside(segment) == {ann.pk, bob.pk}
    page = client.get(at).content.decode()
    assert "bob@example.com" in page
    assert "People: 1" in page
    assert "From 0 to 1 members" in client.get(f"{at}?tab=growth").content.decode()
    client.post(f"{at}/members", {"contact": ann.pk})
    assert ann.pk in inside(segment)
    client.force_login(charlie)
    for address in ("/segments", "/segments/new", at, f"{at}/edit"):
        assert client.get(address).status_code == 403
