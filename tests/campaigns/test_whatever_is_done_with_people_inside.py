"""A truth table: what is done to a campaign, and what becomes of people in every position."""

from datetime import timedelta

import pytest

from campaigns.models import HeldOut, Visit
from tests.campaigns.positions import DRAWING, POSITIONS, STAND, Crowd, answer
from tests.campaigns.versions import in_flight, publish, redraw
from tests.journey import bring, figures, graph, ok, points, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
OTHER = graph([points("end", 5)], "start>end")
TO_END = dict.fromkeys(STAND.values(), "end")
TO_NOWHERE = dict.fromkeys(STAND.values())
NOBODY = dict.fromkeys(POSITIONS, "")
# Points when all time has passed; who is asked answers after the deed.
GONE_ON = {"wait": 1, "ask": 10, "join": 1_000, "park": 0}
STOPPED = {"wait": 0, "ask": 0, "join": 1_000, "park": 0}
MOVED = {"wait": 5, "ask": 5, "join": 1_005, "park": 5}
# Drawings and publications in turn; then where people stand, and what they get.
DEEDS = {
    "edit": ([OTHER], STAND, GONE_ON),
    "publish the same": ([{}], STAND, GONE_ON),
    "publish the same twice": ([{}, {}], STAND, GONE_ON),
    "publish without their steps": ([OTHER, {}], NOBODY, STOPPED),
    "move to another step": ([OTHER, {"moves": TO_END}], NOBODY, MOVED),
    "end their ways": ([{"moves": TO_NOWHERE}], NOBODY, STOPPED),
    "finish": ([OTHER, {"in_flight": "finish"}], STAND, GONE_ON),
    "finish beside two": (
        [{"in_flight": "finish"}, OTHER, {"in_flight": "finish"}], STAND, GONE_ON,
    ),
    "finish, then go on": ([{"in_flight": "finish"}, {}], STAND, GONE_ON),
    "finish, then without their steps": ([OTHER, {"in_flight": "finish"}, {}], NOBODY, STOPPED),
    "finish, then move": (
        [OTHER, {"in_flight": "finish"}, {"moves": TO_END}], NOBODY, MOVED,
    ),
    "finish elsewhere, then brought back": (
        [OTHER, {"in_flight": "finish"}, DRAWING, {}], STAND, GONE_ON,
    ),
    "unpublish": (["unpublish"], STAND, STOPPED),
    "unpublish, publish": (["unpublish", {}], STAND, GONE_ON),
    "unpublish, finish": (["unpublish", OTHER, {"in_flight": "finish"}], STAND, GONE_ON),
    "unpublish, move": (["unpublish", OTHER, {"moves": TO_END}], NOBODY, MOVED),
    "finish, unpublish, publish": (
        [{"in_flight": "finish"}, "unpublish", {}], STAND, GONE_ON,
    ),
    "answered while unpublished": (["unpublish", "answer", {}], STAND | {"ask": ""}, GONE_ON),
    "answered in an older version": (
        [OTHER, {"in_flight": "finish"}, "answer"], STAND | {"ask": ""}, GONE_ON,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEEDS)
def test_what_becomes_of_people_inside(api, shift, name):
    deeds, stand, scores = DEEDS[name]
    crowd = Crowd(api, shift)
    assert crowd.standing() == STAND
    for deed in deeds:
        do(api, crowd, deed)
    assert crowd.standing() == stand
    answer(crowd.at["ask"])
    shift(timedelta(hours=11))
    settle()
    assert crowd.scores() == scores
    inside = {"park"} if scores == GONE_ON else set(POSITIONS) if name == "unpublish" else set()
    assert {place for place, step in crowd.standing().items() if step} == inside
    active = sum(row["active"] for row in in_flight(api, crowd.campaign)["versions"])
    assert active == sum(len(crowd.at[place]) for place in inside)
    # Nobody was let in whom the draw holds out, and nobody is who comes again.
    if name != "unpublish":
        bring(api, crowd.campaign, crowd.out)
        settle()
    assert set(HeldOut.objects.values_list("contact_id", flat=True)) == set(crowd.out)
    assert not Visit.objects.filter(contact_id__in=crowd.out).exists()
    assert set(totals(crowd.out)) == {0}


def do(api, crowd, deed):
    """Draw, publish in a way, unpublish, or have who is asked answer."""
    if deed == "unpublish":
        ok(api.post(f"/api/v1/campaigns/{crowd.campaign}/unpublish"))
    elif deed == "answer":
        answer(crowd.at["ask"])
    elif "nodes" in deed:
        redraw(api, crowd.campaign, deed)
    else:
        publish(api, crowd.campaign, **deed)


def test_who_is_parked_is_freed_in_the_version_they_are_in(api, shift):
    """Skipped after a move they go on by the new drawing, as those do who finish by theirs."""
    crowd = Crowd(api, shift, holdout=0, of_each=2)
    publish(api, crowd.campaign, in_flight="finish")
    publish(api, crowd.campaign)
    assert figures(api, crowd.campaign)["post"] == {"failed": 2}
    ok(api.post(f"/api/v1/campaigns/{crowd.campaign}/skip", {"node": "post"}, format="json"))
    settle()
    assert crowd.scores()["park"] == 7
