"""Segments on screen: the list, and the editor that never overwrites."""

import json

import pytest

from segments.models import Segment
from tests.cast import make_user
from tests.resource_contract import ResourceContract
from tests.segments.on_screen import FRENCH, french, screen

__all__ = ["french", "screen"]


class TestSegmentsOnScreen(ResourceContract):
    base = "/segments"

    def make(self, number, owner=None):
        return Segment.objects.create(name=f"Segment {number}", owner=owner)

    def fields(self, number):
        return {"name": f"Segment {number}", "members_by": "by_hand"}


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
    page = stale.content.decode()
    assert "Nice" in page
    assert ">Name</a>: theirs <q>French</q>, yours <q>Mine</q>" in page
    assert '<span class="strong">Filter</span>: theirs differs from yours' in page
    segment.refresh_from_db()
    assert segment.filter == FRENCH
    assert screen.post(at, {**body, "version": segment.version}).status_code == 302
    segment.refresh_from_db()
    assert (segment.name, segment.filter) == ("Mine", mine)


def test_only_what_the_other_changed_is_named_and_who_it_was(client, alice, french):
    segment, _ann, _bob = french
    client.force_login(alice)
    at = f"/segments/{segment.pk}/edit"
    page = client.get(at)
    read, version = (page.context[name] for name in ("read", "version"))
    body = {"name": "French", "members_by": "dynamic", "tree": json.dumps(FRENCH)}
    zoe = make_user("Zoe", alice.role)
    client.force_login(zoe)
    theirs = client.post(at, body | {"description": "Theirs", "version": version})
    assert theirs.status_code == 302
    client.force_login(alice)
    # The name only Alice changed, the description only Zoe: hers would be lost.
    mine = body | {"name": "Mine", "description": "", "version": version, "read": read}
    met = client.post(at, mine)
    assert met.status_code == 409
    assert [str(each.label) for each in met.context["differences"]] == ["Description"]
    assert f"{zoe.name} changed it" in met.content.decode()
    # Overtaken a second time, one is told of both: neither was saved yet.
    asked = {name: met.context[name] for name in ("read", "version")}
    segment.refresh_from_db()
    segment.name, segment.version = "Third", segment.version + 1
    segment.save(update_fields=["name", "version"])
    again = client.post(at, mine | asked)
    assert [str(each.label) for each in again.context["differences"]] == ["Name", "Description"]


def test_a_segment_must_not_name_itself(screen, french):
    segment, _ann, _bob = french
    tree = {"all": [{"segment": [segment.pk], "op": "in"}]}
    body = {"name": "x", "members_by": "dynamic", "tree": json.dumps(tree)}
    answer = screen.post(f"/segments/{segment.pk}/edit", {**body, "version": segment.version})
    assert answer.status_code == 422
    assert '"cycle"' in answer.content.decode()
    note = "<span>This segment would depend on itself.</span>"
    assert note in answer.content.decode()
    made = screen.post("/segments/new", {**body, "name": "Other"})
    assert made.status_code == 302
    other = Segment.objects.get(name="Other")
    body["tree"] = json.dumps({"all": [{"segment": [other.pk], "op": "in"}]})
    answer = screen.post(f"/segments/{segment.pk}/edit", {**body, "version": segment.version})
    assert "depend on itself, by way of “Other”." in answer.content.decode()
