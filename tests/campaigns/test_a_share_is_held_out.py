"""A share of those who would come in is held out, the same ones each time, and compared."""

from datetime import timedelta

import pytest

from campaigns.models import HeldOut, Visit
from contacts.models import Contact
from contacts.services import erase, merge
from kernel import clock
from kernel.events import Fact, record
from tests.journey import VISITED, bring, graph, node, ok, people, points, run, statistics
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAY = graph(
    [points("a"), node("w", "wait", **{"for": "9d"}), node("won", "goal", VISITED)],
    "start>a",
    "a>w",
)


def held(campaign):
    return set(HeldOut.objects.filter(campaign=int(campaign)).values_list("contact_id", flat=True))


def went(campaign):
    return set(Visit.objects.filter(campaign=int(campaign)).values_list("contact_id", flat=True))


def goals(api, campaign):
    return ok(api.get(f"/api/v1/campaigns/{campaign}/goals"))


def republish(api, campaign, **rules):
    ok(api.patch(f"/api/v1/campaigns/{campaign}", rules))
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    settle()


def test_the_share_is_kept_and_gets_no_step(api):
    contacts = people(400)
    campaign = run(api, WAY, holdout=25)
    bring(api, campaign, contacts)
    settle()
    assert 60 <= len(held(campaign)) <= 140
    assert went(campaign) == set(contacts) - held(campaign)
    assert statistics(api, campaign)["contacts"] == len(went(campaign))


def test_the_same_contact_has_the_same_answer_and_a_larger_share_holds_out_more(api):
    contacts = people(200)
    campaign = run(api, WAY, holdout=20, reentry="always")
    bring(api, campaign, contacts)
    first, gone = held(campaign), went(campaign)
    bring(api, campaign, contacts)
    assert (held(campaign), went(campaign)) == (first, gone)
    republish(api, campaign, holdout=50)
    more = people_after(200)
    bring(api, campaign, [*contacts, *more])
    assert first <= held(campaign)
    assert gone <= went(campaign)
    assert 60 <= len(held(campaign) & set(more)) <= 140
    republish(api, campaign, holdout=0)
    bring(api, campaign, contacts)
    assert first <= went(campaign)


def people_after(number):
    made = Contact.objects.bulk_create(
        Contact(email=f"later{place}@example.com") for place in range(number)
    )
    return [contact.pk for contact in made]


def test_who_went_is_compared_with_who_was_held_out(api):
    contacts = people(100)
    campaign = run(api, WAY, holdout=50)
    bring(api, campaign, contacts)
    settle()
    out, on = sorted(held(campaign)), sorted(went(campaign))
    buying = [*out[:2], *on[:20]]
    record(VISITED, [Fact(contact, clock.now()) for contact in sorted(buying)], now=clock.now())
    settle()
    found = goals(api, campaign)
    assert found["ways"] == {"contacts": len(on), "reached": 20, "rate": 20 / len(on)}
    assert (found["went"]["contacts"], found["went"]["reached"]) == (len(on), 20)
    assert (found["held_out"]["contacts"], found["held_out"]["reached"]) == (len(out), 2)
    difference = 20 / len(on) - 2 / len(out)
    assert found["lift"]["difference"] == pytest.approx(difference)
    assert found["lift"]["low"] < difference < found["lift"]["high"]
    assert found["lift"]["certain"] is True


def test_without_a_goal_or_anybody_nothing_is_claimed(api):
    campaign = run(api, graph([points("a")], "start>a"))
    nobody = {"contacts": 0, "reached": 0, "rate": None}
    assert goals(api, campaign) == {
        "ways": None,
        "went": nobody,
        "held_out": nobody,
        "lift": None,
    }


def test_the_list_shows_the_goal_rate(api, client, alice):
    [zoe] = people(1)
    bring(api, run(api, WAY), [zoe])
    settle()
    record(VISITED, [Fact(zoe, clock.now() + timedelta(seconds=1))], now=clock.now())
    settle()
    client.force_login(alice)
    assert "100.0%" in client.get("/campaigns").content.decode()


def test_merging_and_forgetting_keep_the_counts(api):
    contacts = people(60)
    campaign = run(api, WAY, holdout=50)
    bring(api, campaign, contacts)
    settle()
    one, two, three = sorted(held(campaign))[:3]
    number = len(held(campaign))
    merge.merge(one, two, clock.now())
    erase.erase(three, clock.now())
    settle()
    assert {two, three} & held(campaign) == set()
    assert len(held(campaign)) == number - 1
    assert goals(api, campaign)["held_out"]["contacts"] == number - 2


@pytest.mark.parametrize("share", [51, -1, "x"])
def test_more_than_half_is_refused(api, share):
    body = {"name": "J", "holdout": share}
    assert api.post("/api/v1/campaigns", body).status_code == 400


def test_the_outlook_tells_who_would_be_held_out(api):
    contacts = people(40)
    segment = ok(api.post("/api/v1/segments", {"name": "S"}), 201)["id"]
    ok(api.post(f"/api/v1/segments/{segment}/contacts", {"add": list(map(str, contacts))}))
    body = {"name": "J", "graph": WAY, "sources": [{"segment": segment}], "holdout": 50}
    made = ok(api.post("/api/v1/campaigns", body), 201)["id"]
    found = ok(api.get(f"/api/v1/campaigns/{made}/outlook"))
    ok(api.post(f"/api/v1/campaigns/{made}/publish"))
    settle()
    assert found["enters"] == len(went(made))
    assert {one["code"]: one["count"] for one in found["out"]} == {"held_out": len(held(made))}
