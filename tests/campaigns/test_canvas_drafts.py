"""The draft behind the canvas: kept however unfinished, told with what is wrong, to whom it may."""

import pytest

from accounts.models import Role
from kernel import preferences
from tests.cast import client_of, make_user
from tests.journey import graph, node, ok, points, run

CAMPAIGNS = "/api/v1/campaigns"


def put(client, campaign, version, **values):
    return client.put(f"{CAMPAIGNS}/{campaign}/draft", {"version": version, **values})


def made(client, name="Welcome"):
    return ok(client.post(CAMPAIGNS, {"name": name}), 201)["id"]


def test_a_half_drawn_campaign_is_kept_and_every_mistake_names_its_step(api):
    campaign = made(api)
    drawn = graph(
        [
            node("mail", "action", key="emails.send"),
            node("tag", "action", key="tags.change", add=["vip"]),
            node("lonely", "wait", **{"for": "soon"}),
        ],
        "start>mail",
        "mail>tag",
    )
    told = ok(put(api, campaign, 1, graph=drawn, sources=[{"manual": True}]))
    assert told["campaign"]["version"] == 2
    assert {(p["step"], p["place"], p["code"]) for p in told["problems"]} == {
        ("mail", "email", "required"),
        ("lonely", "for", "invalid_duration"),
        ("lonely", "", "unreachable"),
    }
    assert told["titles"] == {"tag": "Tags: + vip"}
    assert told["sources"] == ["By hand or by the API"]
    again = ok(api.get(f"{CAMPAIGNS}/{campaign}/draft"))
    assert [step["id"] for step in again["campaign"]["graph"]["nodes"]] == ["mail", "tag", "lonely"]
    # Everything else that reads campaigns goes on, and nobody publishes this.
    assert ok(api.get(f"{CAMPAIGNS}/{campaign}"))["graph"]["nodes"][0]["config"] == {}
    assert api.delete("/api/v1/segments/999").status_code == 404
    refused = api.post(f"{CAMPAIGNS}/{campaign}/publish", {})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "graph.nodes.0.config.email"


WRONG = {"-5d": "write 0 or more", "1.5d": "Write a whole number.", "9999d": "than ten years"}


@pytest.mark.parametrize(("written", "said"), [*WRONG.items(), ("", "number with its unit")])
def test_a_wrong_duration_says_what_is_wrong_with_it(api, written, said):
    drawn = graph([node("rest", "wait", **{"for": written})], "start>rest")
    told = ok(put(api, made(api), 1, graph=drawn, sources=[{"manual": True}]))
    assert [(p["place"], said in p["message"]) for p in told["problems"]] == [("for", True)]


def test_time_is_told_in_whole_units_and_who_is_never_seen_beforehand(api):
    preferences.put("tracking.measure_unasked", False)
    steps = [node(name, "wait", **{"for": name}) for name in ("60m", "90m")]
    told = ok(put(api, made(api), 1, graph=graph(steps, "start>60m", "60m>90m")))
    assert told["titles"] == {"60m": "1 hour", "90m": "90 minutes"}
    unseen = {e["key"] for e in ok(api.get(f"{CAMPAIGNS}/steps"))["events"] if e["needs_consent"]}
    assert unseen & {"emails.opened", "orders.placed"} == {"emails.opened"}


def test_what_is_no_graph_is_refused_and_nothing_kept(api):
    campaign = made(api)
    for bad in ({"nodes": [{"id": "start", "kind": "moon"}]}, {"edges": 7}, "graph", {"x": 1}):
        assert put(api, campaign, 1, graph=bad).status_code == 400, bad
    assert ok(api.get(f"{CAMPAIGNS}/{campaign}"))["version"] == 1


def test_the_second_of_two_editors_gets_theirs_and_loses_nothing(api):
    campaign = made(api)
    ok(put(api, campaign, 1, name="Theirs"))
    late = put(api, campaign, 1, name="Mine")
    assert late.status_code == 409
    assert late.json()["errors"][0]["code"] == "stale_version"
    assert late.json()["current"]["campaign"]["name"] == "Theirs"
    assert put(api, campaign, None, name="Mine").status_code == 400
    ok(put(api, campaign, 2, name="Mine"))


def test_only_the_draft_one_has_seen_is_published(api):
    campaign = made(api)
    drawn = graph([points("a")], "start>a")
    ok(put(api, campaign, 1, graph=drawn, sources=[{"manual": True}]))
    assert api.post(f"{CAMPAIGNS}/{campaign}/publish", {"version": 1}).status_code == 409
    assert ok(api.post(f"{CAMPAIGNS}/{campaign}/publish", {"version": 2}))["state"] == "published"


def test_changes_since_publication_say_for_whom_they_matter(api):
    wait = node("w", "wait", **{"for": "1d"})
    campaign = run(api, graph([wait, points("a"), points("b")], "start>w", "w>a", "a>b"))
    version = ok(api.get(f"{CAMPAIGNS}/{campaign}"))["version"]
    longer = node("w", "wait", **{"for": "2d"})
    told = ok(put(api, campaign, version, graph=graph([longer, points("a")], "start>w", "w>a")))
    assert told["changes"]["anew"] == ["w"]
    assert told["changes"]["removed"] == ["b"]
    assert told["changes"]["paths"] == 1
    assert told["changes"]["settings"] == []


def test_who_may_look_changes_nothing(api, api_bob, api_charlie):
    campaign = made(api)
    assert ok(api_bob.get(f"{CAMPAIGNS}/{campaign}/draft"))["campaign"]["id"] == campaign
    assert put(api_bob, campaign, 1, name="Bob was here").status_code == 403
    assert api_charlie.get(f"{CAMPAIGNS}/{campaign}/draft").status_code == 403
    assert api_charlie.get(f"{CAMPAIGNS}/steps").status_code == 403


def test_a_draft_names_nothing_its_reader_may_not_see(api, db):
    email = {"name": "Secret offer", "type": "template", "subject": "x", "html": "<p>x</p>"}
    number = ok(api.post("/api/v1/emails", email), 201)["id"]
    campaign = made(api)
    mail = node("mail", "action", key="emails.send", email=number)
    told = ok(put(api, campaign, 1, graph=graph([mail], "start>mail")))
    assert "Secret offer" in told["titles"]["mail"]
    rights = {"campaigns": {"view": "all", "edit": "all"}}
    dora = client_of(make_user("Dora", Role.objects.create(name="Draws", rights=rights)))
    answer = dora.get(f"{CAMPAIGNS}/{campaign}/draft")
    assert answer.status_code == 200
    assert "Secret offer" not in answer.content.decode()


def test_what_can_be_drawn_comes_from_the_registries(api):
    offers = ok(api.get(f"{CAMPAIGNS}/steps"))
    actions = {action["key"]: action for action in offers["actions"]}
    mail = actions["emails.send"]["fields"][0]
    assert (mail["name"], mail["required"]) == ("email", True)
    assert mail["picks"] == {"kind": "email", "many": False, "query": {"type": "template"}}
    assert {"emails.opened", "pages.viewed"} <= {event["key"] for event in offers["events"]}
    assert "email" in {field["alias"] for field in offers["fields"]}


def test_a_step_that_would_reach_nobody_is_told_before_it_runs(api):
    body = {"name": "Hello", "subject": "S", "html": "<p>x</p>", "state": "unpublished"}
    letter = ok(api.post("/api/v1/emails", body), 201)["id"]
    campaign = made(api)
    drawn = graph([node("mail", "action", key="emails.send", email=int(letter))], "start>mail")
    told = ok(put(api, campaign, 1, graph=drawn, sources=[{"manual": True}]))
    assert [(p["step"], p["code"]) for p in told["problems"]] == [("mail", "not_ready")]
    assert "“Hello” is unpublished" in told["problems"][0]["message"]
    assert told["titles"]["mail"]
    ok(api.patch(f"/api/v1/emails/{letter}", {"state": "published"}))
    assert ok(api.get(f"{CAMPAIGNS}/{campaign}/draft"))["problems"] == []


def test_names_of_colleagues_and_of_company_fields_are_for_who_sees_contacts_and_companies(api):
    rights = {"campaigns": {"view": "all"}}
    blind = client_of(make_user("Paul", Role.objects.create(name="Draws", rights=rights)))
    seen, unseen = (ok(one.get("/api/v1/campaigns/steps")) for one in (api, blind))
    assert {bool(seen["owner"]["options"]), bool(seen["company_fields"])} == {True}
    assert (unseen["owner"]["options"], unseen["company_fields"]) == ([], [])
