"""Every rank says what counted, what that came to, and where each rank begins."""

from random import Random

import pytest
from django.test import Client

from contacts.models import Contact
from kernel import clock, preferences
from tests.points.crowd import DAY, TRACKING, at_random, measured, ranks, score, somebody

pytestmark = pytest.mark.django_db


def why(api, contact):
    return api.get(f"/api/v1/contacts/{contact}/activity-rank").json()


def test_a_rank_explains_itself(api):
    rng = Random(7)
    preferences.put("points.activity", {"days": 30, "needed": 2, "recency": "linear"})
    people = [at_random(rng, clock.now()) for _number in range(30)]
    run = measured()
    reasons = set()
    for one in people:
        told = why(api, one.id)
        reasons.add(told["reason"])
        assert told["rank"] == ranks()[one.id]
        assert round(sum(part["points"] for part in told["parts"]), 6) == told["points"]
        if told["reason"] == "ranked":
            assert told["points"] * 1_000 == score(one, run)
            reached = [
                place
                for place, least in enumerate(told["bounds"], 1)
                if least is not None and least <= told["points"]
            ]
            assert max(reached) == told["rank"]
    assert reasons == {"ranked", "inactive", "too_few", "not_measurable", "objected"}


def test_it_names_activities_by_kind_of_operation(api):
    ann = somebody()
    ann.does("emails.clicked", clock.now() - DAY, "broadcast:1")
    ann.does("emails.clicked", clock.now() - DAY, "step:1:2:1")
    ann.does("emails.clicked", clock.now() - DAY, "step:1:2:1", verdict=3)
    ann.does("crm.called", clock.now() - DAY)
    measured()
    told = why(api, ann.id)
    assert {part["key"]: (part["count"], part["points"]) for part in told["parts"]} == {
        "emails.clicked@broadcast": (1, 3),
        "emails.clicked@campaign": (1, 3),
        "own@own": (1, 1),
    }
    assert told["words"] == "3 events in 60 days came to 7 points."


def test_somebody_new_waits_for_the_next_run(api):
    assert why(api, somebody().id)["words"] == "Nobody's activity has been measured yet."
    measured()
    newcomer = somebody(clock.now())
    told = why(api, newcomer.id)
    assert (told["rank"], told["reason"]) == (None, "not_yet")
    assert told["next_at"]


def test_who_could_not_be_active_yet_is_not_inactive(api):
    imported, silent = somebody(clock.now() - 6 * DAY), somebody(email=None)
    eager, old = somebody(clock.now() - DAY), somebody(clock.now() - 8 * DAY)
    eager.does("crm.called", clock.now() - DAY / 2)
    run = measured()
    found = [why(api, one.id) for one in (imported, silent, eager, old)]
    assert [(one["rank"], one["reason"]) for one in found] == [
        (None, "too_new"), (None, "unreachable"), (1, "ranked"), (0, "inactive"),
    ]  # fmt: skip
    assert (run.inactive, run.unmeasurable) == (1, 2)
    assert found[2]["words"] == "1 event in 60 days came to 1 point."


def test_the_page_of_a_contact_tells_it(alice, client: Client):
    client.force_login(alice)
    ann, closed = somebody(), somebody()
    ann.does("orders.placed", clock.now())
    for purpose in TRACKING:
        closed.says(purpose, "refused")
    assert "Measured for the first time on" in client.get(f"/contacts/{ann.id}").content.decode()
    measured()
    assert "1 out of 10" in client.get(f"/contacts/{ann.id}").content.decode()
    nobody = client.get(f"/contacts/{closed.id}").content.decode()
    assert "No rank" in nobody
    assert "last run" in nobody
    newcomer = client.get(f"/contacts/{somebody(clock.now()).id}").content.decode()
    assert "New: measured for the first time on" in newcomer
    assert "unchanged so far" in newcomer
    assert "unchanged for 30 days" in nobody
    assert "last run" not in newcomer
    dialog = client.get(f"/contacts/{ann.id}/rank").content.decode()
    assert "1 event in 60 days came to 5 points." in dialog
    assert 'aria-current="true"' in dialog


def test_others_contacts_are_not_explained(api_dora, dora):
    mine, other = somebody(), somebody()
    Contact.objects.filter(pk=mine.id).update(owner=dora)
    assert api_dora.get(f"/api/v1/contacts/{mine.id}/activity-rank").status_code == 200
    assert api_dora.get(f"/api/v1/contacts/{other.id}/activity-rank").status_code == 404
