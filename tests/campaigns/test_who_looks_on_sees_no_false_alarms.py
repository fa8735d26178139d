"""A campaign that runs well is shown so to whoever may not see all that it names."""

import pytest

from accounts.models import Role
from segments.models import Segment
from tests.cast import client_of, make_user
from tests.journey import graph, node, ok, points

pytestmark = pytest.mark.django_db
CAMPAIGNS = "/api/v1/campaigns"
LOOKING = {"campaigns": {"view": "all"}, "contacts": {"view": "own"}}
DRAWING = {**LOOKING, "campaigns": {"view": "all", "edit": "all"}}


@pytest.fixture
def campaign(api):
    number = Segment.objects.create(name="Top secret").pk
    condition = {"segment": [str(number)], "op": "in"}
    steps = [node("asked", "condition", filter=condition), points("a"), points("b")]
    drawing = graph(steps, "start>asked", "asked:yes>a", "asked:no>b")
    body = {"name": "Way", "sources": [{"segment": number}], "graph": drawing}
    made = ok(api.post(CAMPAIGNS, body), 201)["id"]
    ok(api.post(f"{CAMPAIGNS}/{made}/publish"))
    return made


def told(campaign, rights):
    viewer = make_user("Vera", Role.objects.create(name="Looks on", rights=rights))
    return ok(client_of(viewer).get(f"{CAMPAIGNS}/{campaign}/draft"))


def test_nothing_is_wrong_and_no_name_is_told(campaign):
    draft = told(campaign, LOOKING)
    assert draft["problems"] == []
    assert draft["sources"] == ["In a segment you may not see"]
    assert "Top secret" not in str(draft)


def test_what_is_wrong_for_everybody_is_told(api, campaign):
    other = graph([node("w", "wait", until={"field": "gone"})], "start>w")
    ok(api.put(f"{CAMPAIGNS}/{campaign}/draft", {"version": 1, "graph": other}))
    draft = told(campaign, LOOKING)
    assert [problem["step"] for problem in draft["problems"]] == ["w"]


def test_whoever_draws_is_told_what_keeps_them_from_publishing(campaign):
    draft = told(campaign, DRAWING)
    assert {problem["step"] for problem in draft["problems"]} == {"start", "asked"}
    assert "Top secret" not in str(draft)
