"""What a hand did to the members of a segment is undone exactly, and nothing typed is lost."""

import pytest

from segments.backoffice import byhand
from segments.models import Member
from segments.services import editing
from tests.segments.on_screen import french, inside, person, screen
from tests.settle import settle

__all__ = ["french", "screen"]


def standing(segment):
    rows = Member.objects.filter(segment_id=segment.pk)
    return dict(rows.values_list("contact_id", "manual"))


def undo(screen, at):
    page = screen.get(at).content.decode()
    screen.post("/undo", {"undo": page.split('name="undo" value="')[1].split('"')[0]})


def test_who_was_a_member_before_stays_one_when_an_addition_is_undone(screen, french):
    segment, ann, bob = french
    at = f"/segments/{segment.pk}"
    screen.post(f"{at}/members", {"emails": "ann@example.com; bob@example.com"})
    assert standing(segment) == {ann.pk: 1, bob.pk: 1}
    undo(screen, at)
    settle()
    assert standing(segment) == {ann.pk: 0}


def test_whom_a_filter_brought_in_is_of_the_filter_again_when_a_removal_is_undone(screen, french):
    segment, ann, _bob = french
    at = f"/segments/{segment.pk}"
    screen.post(f"{at}/members", {"contact": ann.pk})
    assert inside(segment) == set()
    undo(screen, at)
    assert standing(segment) == {ann.pk: 0}


def test_the_filter_decides_again_about_whom_a_hand_had_decided(screen, french, api):
    segment, ann, bob = french
    at, rest = f"/segments/{segment.pk}", f"/api/v1/segments/{segment.pk}/contacts"
    api.post(rest, {"add": [bob.pk], "remove": [ann.pk]})

    def decided(by):
        return [row["id"] for row in api.get(rest, {"by": by}).json()["results"]]

    assert (decided("added"), decided("removed")) == ([str(bob.pk)], [str(ann.pk)])
    assert "Let the filter decide about" in screen.get(f"{at}?by=removed").content.decode()
    screen.post(f"{at}/members", {"contact": ann.pk, "act": "follow"})
    assert api.post(rest, {"follow": [bob.pk, ann.pk]}).json()["followed"] == 1
    settle()
    assert standing(segment) == {ann.pk: 0}
    segment.refresh_from_db()
    assert segment.count_now() == 1
    assert api.get(rest, {"by": "chance"}).status_code == 400
    friends = editing.create({"name": "Friends"}, now=byhand.clock.now())
    answer = api.post(f"/api/v1/segments/{friends.pk}/contacts", {"follow": [ann.pk]})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "static")
    # Whose page is older than the segment by hand removes nobody with the same click.
    byhand.change(friends, [ann.pk], now=byhand.clock.now())
    screen.post(f"/segments/{friends.pk}/members", {"contact": ann.pk, "act": "follow"})
    assert "no filter that could decide" in screen.get(f"/segments/{friends.pk}").content.decode()
    unknown = screen.post(f"/segments/{friends.pk}/members", {"contact": ann.pk, "act": "x"})
    assert (unknown.status_code, inside(friends)) == (400, {ann.pk})


def test_who_entered_a_segment_by_hand_leaves_it_and_the_others_stay(screen, db):
    segment = editing.create({"name": "Friends"}, now=byhand.clock.now())
    old, new = person(email="old@example.com"), person(email="new@example.com")
    at = f"/segments/{segment.pk}"
    screen.post(f"{at}/members", {"emails": "old@example.com"})
    screen.get(at)
    screen.post(f"{at}/members", {"emails": "old@example.com new@example.com"})
    assert inside(segment) == {old.pk, new.pk}
    undo(screen, at)
    assert inside(segment) == {old.pk}


@pytest.mark.parametrize("too_many", [False, True])
def test_pasted_addresses_are_all_taken_or_refused_and_kept(screen, db, monkeypatch, too_many):
    segment = editing.create({"name": "Friends"}, now=byhand.clock.now())
    last = person(email="last@example.com")
    if too_many:
        monkeypatch.setattr(byhand, "MOST_ADDRESSES", 300)
    typed = "\n".join([*(f"n{number}@example.com" for number in range(300)), "last@example.com"])
    answer = screen.post(f"/segments/{segment.pk}/members", {"emails": typed})
    if too_many:
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "These are 301 addresses; at most 300 are added at once." in page
        assert "n0@example.com" in page
        assert "last@example.com" in page
    assert inside(segment) == (set() if too_many else {last.pk})


def test_members_are_found_by_any_part_of_their_name_and_without_accents(screen, db):
    segment = editing.create({"name": "Friends"}, now=byhand.clock.now())
    person(email="e@example.com", first_name="Élodie", last_name="du Pré")
    at = f"/segments/{segment.pk}"
    screen.post(f"{at}/members", {"emails": "e@example.com"})
    assert "Élodie du Pré" in screen.get(f"{at}?q=pre elodie").content.decode()
    assert "Élodie du Pré" not in screen.get(f"{at}?q=zoe").content.decode()
