"""Who may ask what a campaign would do, and which questions are none."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from contacts.models import Contact
from kernel import clock
from tests.emails.people import make_email
from tests.journey import graph, node, ok, people, points, run

pytestmark = pytest.mark.django_db
WAIT = graph([node("rest", "wait", **{"for": "1d"})], "start>rest")


def simulate(api, campaign, **body):
    return api.post(f"/api/v1/campaigns/{campaign}/simulate", body)


def test_who_may_look_may_ask_and_leaves_no_trail(api, api_bob, api_charlie, api_dora, dora):
    campaign = run(api, graph([points("a")], "start>a"))
    [zoe] = people(1)
    entries = AuditEntry.objects.count()
    assert simulate(api_bob, campaign, contact=str(zoe)).status_code == 200
    assert api_bob.get(f"/api/v1/campaigns/{campaign}/outlook").status_code == 200
    assert AuditEntry.objects.count() == entries
    assert simulate(api_charlie, campaign).status_code == 403
    assert api_charlie.get(f"/api/v1/campaigns/{campaign}/outlook").status_code == 403
    assert simulate(api_dora, campaign).status_code == 404
    hers = run(api_dora, graph([points("a")], "start>a"))
    assert simulate(api_dora, hers, contact=str(zoe)).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"person": {"nothing": 1}}, "person.nothing"),
        ({"person": [1]}, "person"),
        ({"tags": [""]}, "tags.0"),
        ({"start": "2036-01-01T00:00:00Z"}, "start"),
        ({"start": clock.iso(clock.now() - timedelta(days=50))}, "start"),
        ({"answers": {"rest": {"way": "yes", "after": "soon"}}}, "answers.rest.after"),
        ({"version": "next"}, "version"),
        ({"clock": 1}, "clock"),
    ],
)
def test_bad_questions_are_refused_with_their_place(api, body, field):
    ok(api.post("/api/v1/contacts", {"email": "p0@example.com"}), 201)
    campaign = run(api, WAIT)
    answer = simulate(api, campaign, **body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["field"] == field


def test_nobody_finds_out_which_addresses_are_known(api, api_bob):
    mail = graph([node("mail", "action", "emails.send", email=make_email().pk)], "start>mail")
    campaign = run(api, mail)
    ok(api.post("/api/v1/contacts", {"email": "known@example.com", "first_name": "Zoe"}), 201)

    def told(email):
        answer = ok(simulate(api_bob, campaign, person={"email": email}))
        return [(one["step"], one["outcome"], one["hindrance"]) for one in answer["moments"]]

    assert told("known@example.com") == told("unknown@example.com") == [("mail", "done", None)]
    assert Contact.objects.count() == 1


def test_what_could_not_run_is_not_simulated(api):
    body = {"name": "Half drawn", "graph": {"nodes": [], "edges": []}}
    campaign = ok(api.post("/api/v1/campaigns", body), 201)["id"]
    refused = simulate(api, campaign)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "graph.nodes")
    assert simulate(api, campaign, version="published").status_code == 409
