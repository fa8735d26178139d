"""Whoever is moved to a version with other numbers keeps what they did, drew, asked and posted."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import CampaignNode, Step, StepLog, StepState, Visit
from kernel import clock
from kernel.events import Fact, record
from tests.campaigns.versions import places, publish, publish_anew, redraw
from tests.journey import VISITED, bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle
from tests.web_server import WebServer

pytestmark = pytest.mark.django_db
REST = node("rest", "wait", **{"for": "1h"})


def moved(api, campaign, drawing=None):
    """Take those on the way to another edition: one version beside the first, then a move."""
    publish(api, campaign, in_flight="finish")
    if drawing is not None:
        redraw(api, campaign, drawing)
    publish(api, campaign)


def test_a_post_under_way_is_not_made_again(api, settings, shift):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    server = WebServer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    contacts = people(2)
    post = node("post", "action", "webhooks.post", url=server.url)
    campaign = run(api, graph([post, points("then")], "start>post", "post>then"))
    bring(api, campaign, contacts)
    settle()
    assert places() == {contact: ["post"] for contact in contacts}
    moved(api, campaign)
    shift(timedelta(minutes=10))
    settle()
    assert totals(contacts) == [1, 1]
    assert len(server.requests) == 2


def test_a_split_draws_alike_in_every_edition(api, shift):
    contacts = people(40)
    half = node("half", "split", weights={"a": 1, "b": 1})
    drawing = graph(
        [half, points("a"), points("b", 100), REST, node("back", "jump", to="half")],
        "start>half", "half:a>a", "half:b>b", "a>rest", "b>rest", "rest>back",
    )  # fmt: skip
    campaign = run(api, drawing)
    bring(api, campaign, contacts)
    settle()
    for times in (2, 3):
        moved(api, campaign)
        shift(timedelta(minutes=61))
        settle()
        assert set(totals(contacts)) == {times, times * 100}


def test_effects_of_a_step_are_counted_over_all_editions(api, shift):
    from tests.campaigns.test_charts_of_steps import mail_to, told
    from tests.emails.people import make_email

    contacts = people(5)
    campaign = run(api, mail_to(make_email()))
    bring(api, campaign, contacts[:2])
    settle()
    publish_anew(api, campaign, in_flight="finish")
    bring(api, campaign, contacts[2:])
    settle()
    assert told(api, campaign) == (5, 5)


def test_an_answer_while_the_row_is_moved_is_not_lost(api):
    contacts = people(2)
    asked = node("asked", "decision", VISITED)
    campaign = run(api, graph([asked, points("yes")], "start>asked", "asked:yes>yes"))
    bring(api, campaign, contacts)
    settle()
    publish_anew(api, campaign, in_flight="finish")
    # Told at the moment the row had neither the old number nor the new one: nobody heard it.
    with connection.cursor() as cursor:
        record(VISITED, [Fact(contacts[0], clock.now())], now=clock.now())
        cursor.execute("DELETE FROM change")
    publish(api, campaign)
    assert totals(contacts) == [1, 0]
    assert places() == {contacts[1]: ["asked"]}
    assert Step.objects.get().state == StepState.WAITING


def test_a_step_brought_back_does_not_run_again(api, shift):
    contacts = people(2)
    whole = graph([points("hello"), REST, points("bye", 10)], "start>hello", "hello>rest",
                  "rest>bye")  # fmt: skip
    campaign = run(api, whole)
    bring(api, campaign, contacts)
    settle()
    without = graph([REST, points("bye", 10)], "start>rest", "rest>bye")
    redraw(api, campaign, without)
    publish(api, campaign)
    moved(api, campaign)
    again = graph([REST, points("hello"), points("bye", 10)], "start>rest", "rest>hello",
                  "hello>bye")  # fmt: skip
    redraw(api, campaign, again)
    publish(api, campaign)
    assert figures(api, campaign)["hello"] == {"done": 2}
    shift(timedelta(minutes=61))
    settle()
    assert totals(contacts) == [1, 1]
    assert not Visit.objects.filter(left_at=None).exists()
    last = Visit.objects.first().edition
    logged = StepLog.objects.filter(node__edition=last).values_list("node__name", flat=True)
    assert set(logged) == {"hello", "rest"}


def test_numbers_are_given_in_the_order_of_the_drawing(api):
    campaign = run(api, graph([REST, points("a")], "start>rest", "rest>a"))
    rows = CampaignNode.objects.filter(campaign=int(campaign)).order_by("id")
    assert list(rows.values_list("name", flat=True)) == ["start", "rest", "a"]
    assert ok(api.get(f"/api/v1/campaigns/{campaign}/nodes/rest/chart"))
