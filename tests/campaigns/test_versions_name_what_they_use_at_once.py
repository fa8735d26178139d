"""Comparing versions, and counting who stands where, names what the steps use in few statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign
from emails.models import Email
from segments.models import Segment
from tests.campaigns.versions import publish, redraw
from tests.emails.people import make_email
from tests.journey import graph, node, ok, run

pytestmark = pytest.mark.django_db
PATHS = ("in-flight", "compare")


def drawing(number, prefix="a"):
    """Draw so many mails, conditions on segments and questions whether the mail was opened."""
    nodes, edges = [], []
    for place in range(number):
        mail = make_email(name=f"Mail {prefix}{place}")
        segment = Segment.objects.create(name=f"Segment {prefix}{place}")
        inside = {"all": [{"segment": [segment.pk], "op": "in"}]}
        nodes += [
            node(f"mail{place}", "action", "emails.send", email=str(mail.pk)),
            node(f"asked{place}", "decision", "emails.opened", where={"email": str(mail.pk)}),
            node(f"in{place}", "condition", filter=inside),
        ]
        edges += [f"start>mail{place}", f"mail{place}>asked{place}", f"asked{place}:yes>in{place}"]
    return graph(nodes, *edges)


def statements(api, campaign, path):
    with CaptureQueriesContext(connection) as asked:
        ok(api.get(f"/api/v1/campaigns/{campaign}/{path}"))
    return [query["sql"] for query in asked.captured_queries]


def changed(api, number):
    campaign = run(api, drawing(number))
    redraw(api, campaign, drawing(number, "b"))
    return campaign


@pytest.mark.parametrize("path", PATHS)
def test_as_many_statements_for_many_steps_as_for_few(api, path):
    few, many = changed(api, 1), changed(api, 7)
    statements(api, few, path)
    assert len(statements(api, many, path)) == len(statements(api, few, path))


@pytest.mark.parametrize("path", PATHS)
def test_what_one_may_not_see_is_not_named(api, api_dora, dora, path):
    campaign = changed(api, 1)
    publish(api, campaign, in_flight="finish")
    Campaign.objects.update(owner=dora)
    Email.objects.filter(name="Mail a0").update(owner=dora)
    seen = api.get(f"/api/v1/campaigns/{campaign}/compare?before=1&after=2").content.decode()
    assert "Mail a0" in seen
    assert "Mail b0" in seen
    query = "?before=1&after=2" if path == "compare" else ""
    redraw(api, campaign, graph([]))
    told = api_dora.get(f"/api/v1/campaigns/{campaign}/{path}{query}")
    assert told.status_code == 200
    assert "Mail b0" not in told.content.decode()
    assert "Segment b0" not in told.content.decode()


@pytest.mark.parametrize(
    "step",
    [
        *(
            node("half", kind)
            for kind in ("condition", "decision", "goal", "wait", "split", "jump")
        ),
        node("half", "action", "emails.send"),
        node("half", "action", "emails.send", email="none"),
        node("half", "action", "gone.away"),
        node("half", "wait", until="soon"),
        node("half", "wait", **{"for": "999999999999999999d"}),
        node("half", "split", weights=["a"]),
        node("half", "condition", filter={"all": [{"field": 7}]}),
        node("half", "decision", "emails.opened", where={"email": ["x"]}),
    ],
)
def test_a_draft_that_is_half_written_is_compared(api, step):
    campaign = run(api, drawing(1))
    seen = ok(api.get(f"/api/v1/campaigns/{campaign}/draft"))["campaign"]["version"]
    body = {"version": seen, "graph": graph([step])}
    ok(api.put(f"/api/v1/campaigns/{campaign}/draft", body, format="json"))
    told = ok(api.get(f"/api/v1/campaigns/{campaign}/compare"))
    [half] = [one for one in told["steps"] if one["step"] == "half"]
    assert (half["state"], half["before"]) == ("added", "")
    # What cannot be read, or may not be seen, is called by its id.
    assert half["after"]
