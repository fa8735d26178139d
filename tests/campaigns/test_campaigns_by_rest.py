"""Campaigns as a resource: what every resource promises, and what a draft may be."""

from tests.api_contract import ApiContract
from tests.journey import bring, graph, node, ok, people, points, run

CAMPAIGNS = "/api/v1/campaigns"


class TestCampaigns(ApiContract):
    path = CAMPAIGNS
    change = {"name": "Renamed", "reentry": "always", "cooldown": "3d"}

    def body(self, number):
        return {
            "name": f"Welcome {number}",
            "objective": "Say hello",
            "sources": [{"manual": True}],
            "on_leave": "continue",
            "graph": graph([points("a"), node("b", "exit")], "start>a", "a>b"),
        }


def test_a_campaign_may_begin_with_a_name(api):
    made = ok(api.post(CAMPAIGNS, {"name": "Idea"}), 201)
    assert (made["state"], made["sources"], made["published_version"]) == ("draft", [], None)
    answer = api.post(f"{CAMPAIGNS}/{made['id']}/publish")
    assert answer.json()["errors"][0]["field"] == "graph.nodes"
    assert answer.status_code == 400


def test_settings_out_of_bounds_are_refused_with_their_place(api):
    for place, body in {
        "name": {"name": ""},
        "reentry": {"name": "x", "reentry": "sometimes"},
        "cooldown": {"name": "x", "cooldown": "soon"},
        "start_at": {"name": "x", "start_at": "2026-11-22T10:00:00"},
        "end_at": {
            "name": "x",
            "start_at": "2026-11-22T10:00:00Z",
            "end_at": "2026-11-22T09:00:00Z",
        },
        "sources.0.segment": {"name": "x", "sources": [{"segment": 999999}]},
        "sources.0.event": {"name": "x", "sources": [{"event": "nonsense"}]},
        "sources.0.where.email": {
            "name": "x",
            "sources": [{"event": "emails.opened", "where": {"email": "x"}}],
        },
        "sources.0": {"name": "x", "sources": [{"moon": "full"}]},
        "sources": {"name": "x", "sources": {"manual": True}},
    }.items():
        answer = api.post(CAMPAIGNS, body)
        assert answer.status_code == 400, body
        assert answer.json()["errors"][0]["field"] == place


def test_only_who_may_publish_publishes(api, api_bob):
    campaign = run(api, graph([points("a")], "start>a"))
    assert api_bob.post(f"{CAMPAIGNS}/{campaign}/unpublish").status_code == 403
    assert api_bob.post(f"{CAMPAIGNS}/{campaign}/contacts", {"add": []}).status_code == 403
    assert api_bob.get(f"{CAMPAIGNS}/{campaign}/statistics").status_code == 200


def test_a_running_campaign_is_not_deleted(api):
    campaign = run(api, graph([points("a")], "start>a"))
    assert api.delete(f"{CAMPAIGNS}/{campaign}").status_code == 409
    ok(api.post(f"{CAMPAIGNS}/{campaign}/unpublish"))
    assert api.delete(f"{CAMPAIGNS}/{campaign}").status_code == 204


def test_contacts_enter_only_what_runs(api):
    made = ok(api.post(CAMPAIGNS, {"name": "Idea"}), 201)
    answer = api.post(f"{CAMPAIGNS}/{made['id']}/contacts", {"add": people(1)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "not_published")


def test_strange_contacts_do_not_enter_and_do_no_harm(api):
    campaign = run(api, graph([points("a")], "start>a"))
    [zoe] = people(1)
    assert bring(api, campaign, [zoe, zoe, 999_999])["entered"] == [str(zoe)]
    for add in (["x"], [2**63], [-1], [True], "all", [[1]]):
        answer = api.post(f"{CAMPAIGNS}/{campaign}/contacts", {"add": add})
        assert answer.status_code == 400, add


def test_an_address_with_a_nul_leads_nowhere(api):
    campaign = run(api, graph([points("a")], "start>a"))
    assert api.get(f"{CAMPAIGNS}/{campaign}/nodes/%00/contacts").status_code == 404
    [zoe] = people(1)
    path = f"/api/v1/contacts/{zoe}/do-not-contact/%00"
    assert api.put(path, {"reason": "manual"}).status_code == 404
