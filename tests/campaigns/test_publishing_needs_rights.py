"""What is published is what the publisher may use, and reaches whom the publisher may see."""

import pytest

from accounts.models import Role
from contacts.models import Contact
from kernel import clock
from segments.models import Segment
from segments.services import members
from tests.cast import client_of, make_user
from tests.emails.people import make_email
from tests.journey import bring, graph, node, ok, people, points, run, statistics
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAY = graph([node("rest", "wait", **{"for": "1d"})], "start>rest")
CAMPAIGNS = "/api/v1/campaigns"


def draft(api, **values):
    body = {"name": "Journey", "sources": [{"manual": True}], "graph": WAY, **values}
    return f"{CAMPAIGNS}/{ok(api.post(CAMPAIGNS, body), 201)['id']}"


def codes(answer, status=400):
    assert answer.status_code == status, answer.content
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


def publisher(**rights):
    every = {"campaigns": dict.fromkeys(("view", "edit", "create", "publish"), "all")}
    role = Role.objects.create(name="Publisher", rights={**every, **rights})
    return client_of(make_user("Paul", role))


def test_who_publishes_needs_the_rights_to_what_the_graph_names(api):
    email = make_email()
    sending = graph([node("send", "action", "emails.send", email=email.pk)], "start>send")
    drawn = draft(api, graph=sending)
    blind = publisher(contacts={"view": "all"})
    assert codes(blind.post(f"{drawn}/publish")) == {("graph.nodes.0.config.email", "not_found")}
    ok(api.post(f"{drawn}/publish"))


def test_seeing_an_email_is_not_enough_to_have_it_sent(api):
    email = make_email()
    sending = graph([node("send", "action", "emails.send", email=email.pk)], "start>send")
    looking = publisher(contacts={"view": "all"}, emails={"view": "all"})
    drawn = draft(looking, graph=sending)
    assert codes(looking.post(f"{drawn}/publish")) == {
        ("graph.nodes.0.config.email", "not_allowed")
    }


def test_a_source_nobody_may_see_is_not_published(api):
    segment = Segment.objects.create(name="Clients")
    drawn = draft(api, sources=[{"segment": segment.pk}])
    blind = publisher(contacts={"view": "all"})
    assert ("sources.0.segment", "not_found") in codes(blind.post(f"{drawn}/publish"))


def test_without_the_right_to_contacts_nothing_is_published():
    blind = publisher()
    assert (None, "not_allowed") in codes(blind.post(f"{draft(blind)}/publish"))


def test_whoever_sees_only_their_own_lets_no_others_in(api, api_dora, dora):
    """SEC-15: a segment's members do not become hers by a campaign of hers."""
    segment = Segment.objects.create(name="Clients", owner=dora)
    mine, other = people(2)
    Contact.objects.filter(pk=mine).update(owner=dora)
    campaign = run(api_dora, WAY, sources=[{"segment": segment.pk}, {"event": "shop.visited"}])
    members.change(segment, add=[mine, other], now=clock.now())
    settle()
    assert statistics(api, campaign)["contacts"] == 1
    # Whoever may see the others may still put them in by hand.
    assert bring(api, campaign, [other])["entered"] == [str(other)]


def test_a_campaign_into_which_nothing_leads_is_refused(api):
    drawn = draft(api, sources=[])
    assert codes(api.post(f"{drawn}/publish")) == {("sources", "required")}
    number = drawn.rpartition("/")[2]
    ok(api.patch(drawn, {"sources": [{"campaign": number}]}))
    assert codes(api.post(f"{drawn}/publish")) == {("sources", "cycle")}


def test_ids_are_strings_in_answers(api):
    email, segment = make_email(), Segment.objects.create(name="Clients")
    drawing = graph(
        [
            node("send", "action", "emails.send", email=email.pk),
            node("join", "action", "segments.change", add=[segment.pk]),
            points("give", email.pk),
            node("asked", "decision", "emails.opened", email=email.pk),
            node("won", "goal", "emails.clicked", where={"email": [email.pk]}),
        ],
        "start>send",
        "send>join",
        "join>give",
        "give>asked",
    )
    sources = [{"segment": segment.pk}, {"event": "emails.sent", "where": {"email": email.pk}}]
    shown = ok(api.get(draft(api, graph=drawing, sources=sources)))
    send, join, give, asked, won = (made["config"] for made in shown["graph"]["nodes"])
    assert (send["email"], asked["email"]) == (str(email.pk), str(email.pk))
    assert (join["add"], won["where"]["email"]) == ([str(segment.pk)], [str(email.pk)])
    assert give["delta"] == email.pk
    assert shown["sources"][0] == {"segment": str(segment.pk)}
    assert shown["sources"][1]["where"] == {"email": str(email.pk)}
