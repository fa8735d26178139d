"""Lists and drafts take as many statements for many rows as for a few, *used by* included."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign
from contacts.models import Tag
from emails.models import Email
from kernel import clock
from segments.models import Segment
from segments.services import editing
from tests.emails.people import make_email
from tests.journey import graph, node, ok

pytestmark = pytest.mark.django_db
FEW, MANY = 5, 25


def make(number):
    """Make a segment, another one within it, and an email and a campaign that name it."""
    now = clock.now()
    segment = editing.create({"name": f"Seg {number}"}, now=now)
    tree = {"all": [{"segment": [segment.pk], "op": "in"}]}
    editing.create({"name": f"Within {number}", "filter": tree}, now=now)
    email = make_email(name=f"Mail {number}", type="segment", segments=[segment])
    email.excluded_segments.add(segment)
    Tag.objects.create(name=f"tag {number}")
    tagged = {"all": [{"field": "tags", "op": "has_any", "value": [f"tag {number}"]}]}
    drawn = graph(
        [
            node("in", "action", "segments.change", add=[segment.pk]),
            node("tag", "action", "tags.change", add=[f"tag {number}"]),
            node("asks", "condition", filter={"all": [*tagged["all"], *tree["all"]]}),
        ]
    )
    Campaign.objects.create(
        name=f"Way {number}", graph=drawn, sources=[{"segment": str(segment.pk)}]
    )
    return segment


def statements(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(asked)


@pytest.mark.parametrize("path", ["/segments", "/campaigns", "/emails"])
def test_a_list_of_many_costs_as_much_as_one_of_a_few(client, alice, path):
    client.force_login(alice)
    for number in range(FEW):
        make(number)
    few = statements(client, path)
    for number in range(FEW, MANY):
        make(number)
    assert statements(client, path) == few
    assert few < 45


def test_each_is_counted_once_and_the_page_costs_no_more(client, alice):
    client.force_login(alice)
    first = make(0)
    rows = {row.pk: row.named_by for row, _ in client.get("/segments").context["rows"]}
    assert rows == {first.pk: 3, first.pk + 1: 0}
    page = f"/segments/{first.pk}?tab=uses"
    kinds = sorted(use.kind for use in client.get(page).context["uses"])
    assert kinds == ["campaign", "email", "segment"]
    one = statements(client, page)
    for number in range(1, FEW):
        make(number)
    Campaign.objects.update(sources=[{"segment": str(first.pk)}])
    assert statements(client, page) == one
    assert len(client.get(page).context["uses"]) == 2 + FEW


def test_a_step_more_on_the_canvas_costs_its_own_check_alone(api):
    def asked(number):
        mails = [make_email(name=f"Mail {place}", state="unpublished") for place in range(number)]
        nodes = [node(f"m{mail.pk}", "action", "emails.send", email=mail.pk) for mail in mails]
        drawn = graph(nodes, *(f"start>{each['id']}" for each in nodes))
        campaign = Campaign.objects.create(name="Mails", graph=drawn).pk
        ok(api.get(f"/api/v1/campaigns/{campaign}/draft"))
        with CaptureQueriesContext(connection) as queries:
            told = ok(api.get(f"/api/v1/campaigns/{campaign}/draft"))
        assert [p["code"] for p in told["problems"]].count("not_ready") == number
        assert len(set(told["titles"].values())) == number
        return len(queries)

    few, many = asked(FEW), asked(MANY)
    assert many - few == MANY - FEW
    assert Email.objects.count() == FEW + MANY
    assert not Segment.objects.exists()
