"""SEC-15: what belongs to others can be named nowhere, and looks as if it did not exist."""

import pytest

from accounts.models import Role
from contacts.models import Contact
from segments.models import Member
from tests.cast import client_of, make_user
from tests.contacts.imports.sending import counts, post, take
from tests.journey import bring, graph, node, ok, people, points, run
from tests.settle import settle

EMAILS, SEGMENTS, CAMPAIGNS = "/api/v1/emails", "/api/v1/segments", "/api/v1/campaigns"
LETTER = {"name": "Letter", "type": "template", "subject": "Hello", "html": "<p>Hello</p>"}


@pytest.fixture
def hers(api):
    """Alice's email and segment, which Dora may not see."""
    return {
        "email": ok(api.post(EMAILS, {**LETTER, "from_address": "a@x.example"}), 201)["id"],
        "segment": ok(api.post(SEGMENTS, {"name": "Alice's", "filter": None}), 201)["id"],
    }


def refused(answer):
    assert answer.status_code == 400, answer.content
    [error] = answer.json()["errors"]
    return error["field"], error["code"], error["message"]


def test_strangers_contacts_are_not_put_into_a_campaign(api_dora, dora):
    mine, other = people(2)
    Contact.objects.filter(pk=mine).update(owner=dora)
    campaign = run(api_dora, graph([points("a")], "start>a"))
    assert bring(api_dora, campaign, [mine, other])["entered"] == [str(mine)]


def test_strangers_contacts_are_not_taken_out_of_a_campaign(api, api_dora, dora):
    [other] = people(1)
    drawing = graph([node("a", "wait", **{"for": "1d"})], "start>a")
    campaign = run(api_dora, drawing)
    bring(api, campaign, [other])
    taken = ok(api_dora.post(f"{CAMPAIGNS}/{campaign}/contacts", {"remove": [other]}))
    assert taken["removed"] == 0


def test_bulk_actions_name_only_what_their_author_reaches(api_dora, hers):
    def asked(key, config):
        return refused(api_dora.post("/api/v1/actions", {"key": key, "config": config,
                                                         "contacts": []}))  # fmt: skip

    strange = asked("emails.send", {"email": hers["email"]})
    assert strange[:2] == ("config.email", "not_found")
    assert strange == asked("emails.send", {"email": 999_999})
    strange = asked("segments.change", {"add": [hers["segment"]]})
    assert strange[:2] == ("config.add", "not_found")
    assert strange == asked("segments.change", {"add": [999_999]})


def test_bulk_actions_need_the_right_to_what_they_do(api, hers):

    rights = {"contacts": {"*": "all"}, "emails": {"view": "all"}, "segments": {"view": "all"}}
    eve = client_of(make_user("Eve", Role.objects.create(name="Keeper", rights=rights)))
    for key, config in (
        ("emails.send", {"email": hers["email"]}),
        ("segments.change", {"remove": [hers["segment"]]}),
    ):
        body = {"key": key, "config": config, "contacts": []}
        assert refused(eve.post("/api/v1/actions", body))[1] == "not_allowed"
        assert api.post("/api/v1/actions", body).status_code == 202


def test_bulk_actions_give_no_contact_away(api_dora, dora, alice):
    body = {"key": "contacts.update", "contacts": []}
    away = {**body, "config": {"values": {"owner": alice.email}}}
    assert refused(api_dora.post("/api/v1/actions", away))[:2] == (
        "config.values.owner", "not_allowed")  # fmt: skip
    kept = {**body, "config": {"values": {"owner": str(dora.pk)}}}
    assert api_dora.post("/api/v1/actions", kept).status_code == 202


def test_imports_enter_only_segments_their_author_may_change(api_dora, hers):
    answer = post(api_dora, "email\na@x.example\n", segment=int(hers["segment"]))
    assert refused(answer)[:2] == ("options.segment", "not_found")
    mine = ok(api_dora.post(SEGMENTS, {"name": "Dora's", "filter": None}), 201)["id"]
    assert post(api_dora, "email\na@x.example\n", segment=mine).status_code == 201
    settle()
    assert Member.objects.filter(segment_id=mine).count() == 1


def test_imports_give_no_contact_away(api_dora, alice, dora):
    answer = post(api_dora, "email\na@x.example\n", owner=alice.email)
    assert refused(answer)[:2] == ("options.owner", "not_allowed")
    assert post(api_dora, "email\na@x.example\n", owner=dora.pk).status_code == 201


def test_campaigns_name_only_what_their_author_sees(api_dora, hers):
    opened = {"email": hers["email"]}
    for place, body in {
        "sources.0.segment": {"sources": [{"segment": hers["segment"]}]},
        "sources.0.where.email": {"sources": [{"event": "emails.opened", "where": opened}]},
        "graph.nodes.0.config.email": {
            "graph": graph([node("a", "action", "emails.send", **opened)], "start>a")
        },
        "graph.nodes.0.config.add": {
            "graph": graph([node("a", "action", "segments.change", add=[hers["segment"]])],
                           "start>a")
        },
        "graph.nodes.0.config.email ": {
            "graph": graph([node("a", "decision", "emails.opened", **opened)], "start>a")
        },
    }.items():  # fmt: skip
        answer = api_dora.post(CAMPAIGNS, {"name": "x", **body})
        assert refused(answer)[:2] == (place.strip(), "not_found")


def test_filters_on_behaviour_name_only_what_their_author_sees(api, api_dora, hers):
    tree = {"all": [{"event": "emails.opened", "where": {"email": hers["email"]}}]}
    answer = api_dora.post(f"{SEGMENTS}/count", {"filter": tree})
    assert refused(answer)[:2] == ("filter.all.0.where.email", "not_found")
    assert ok(api.post(f"{SEGMENTS}/count", {"filter": tree}))["count"] == 0


def test_the_ledger_shows_only_contacts_one_may_see(api, api_dora, dora):
    mine, other = people(2)
    Contact.objects.filter(pk=mine).update(owner=dora)
    letter = ok(api_dora.post(EMAILS, {**LETTER, "from_address": "a@x.example"}), 201)["id"]
    for contact in (mine, other):
        ok(api.post(f"{EMAILS}/{letter}/send", {"contact": contact}), 202)
    shown = ok(api_dora.get("/api/v1/deliveries", {"email": letter}))["results"]
    assert [row["contact"] for row in shown] == [str(mine)]


def test_no_row_of_an_import_gives_its_contact_away(api_dora, alice):
    done = take(api_dora, f"email,owner\na@x.example,{alice.email}\nb@x.example,\n")
    assert counts(done) == (2, 1, 0, 0, 1)
    assert not Contact.objects.filter(owner=alice).exists()


def test_the_contacts_behind_a_figure_are_those_one_may_see(api, api_dora, dora):
    mine, other = people(2)
    Contact.objects.filter(pk=mine).update(owner=dora)
    campaign = run(api_dora, graph([node("a", "wait", **{"for": "1d"})], "start>a"))
    bring(api, campaign, [mine, other])
    behind = ok(api_dora.get(f"{CAMPAIGNS}/{campaign}/nodes/a/contacts", {"figure": "waiting"}))
    assert [row["contact"] for row in behind["results"]] == [str(mine)]
