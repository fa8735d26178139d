"""The members of a segment are listed as contacts, in pages, by whoever may see them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from segments.models import Segment
from segments.services import editing, members
from tests.segments.scene import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment():
    return editing.create({"name": "By hand"}, now=clock.now())


def path(segment: Segment) -> str:
    return f"/api/v1/segments/{segment.pk}/contacts"


def test_members_are_whole_contacts_newest_first(api, segment):
    ann, bob, eve = (person(email=f"{name}@example.fr") for name in ("ann", "bob", "eve"))
    members.change(segment, add=[ann, bob, eve], now=clock.now())
    members.change(segment, remove=[bob], now=clock.now())
    first = api.get(path(segment), {"limit": 1}).json()
    assert [row["email"] for row in first["results"]] == ["eve@example.fr"]
    second = api.get(path(segment), {"limit": 1, "cursor": first["next"]}).json()
    assert [row["email"] for row in second["results"]] == ["ann@example.fr"]
    assert second["next"] is None
    assert second["results"][0]["tags"] == []


def test_a_page_takes_the_same_number_of_statements_whatever_its_size(api, segment):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert api.get(path(segment)).status_code == 200
        return len(seen)

    members.change(segment, add=[person()], now=clock.now())
    statements()
    few = statements()
    members.change(segment, add=[person() for _number in range(9)], now=clock.now())
    assert statements() == few


def test_everybody_sees_their_own_contacts_only(api_dora, dora):
    mine, theirs = person(owner=dora), person()
    own = editing.create({"name": "Dora's", "owner": dora}, now=clock.now())
    members.change(own, add=[mine, theirs], now=clock.now())
    rows = api_dora.get(path(own)).json()["results"]
    assert [row["id"] for row in rows] == [str(mine)]


def test_own_members_are_counted_at_once_for_all_segments(api_dora, dora):
    mine, theirs = person(owner=dora), person()

    def statements() -> int:
        name = f"Segment {Segment.objects.count()}"
        some = editing.create({"name": name, "owner": dora}, now=clock.now())
        members.change(some, add=[mine, theirs], now=clock.now())
        with CaptureQueriesContext(connection) as seen:
            rows = api_dora.get("/api/v1/segments").json()["results"]
        assert {row["member_count"] for row in rows} == {1}
        return len(seen)

    statements()
    assert len({statements() for _segment in range(3)}) == 1
    assert (
        api_dora.get(f"/api/v1/segments/{Segment.objects.first().pk}").json()["member_count"] == 1
    )
