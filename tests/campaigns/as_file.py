"""A campaign that points at one of everything, and its file."""

from typing import Any

import pytest

from campaigns.models import Campaign
from emails.models import Email
from points.models import PointGroup
from segments.models import Segment
from stages.models import Stage
from tests.journey import graph, node

FILE = "/api/v1/campaigns/file"


@pytest.fixture
def drawn(alice: Any) -> Campaign:
    """A campaign that points at one of everything."""
    email = Email.objects.create(name="Welcome", type="template", subject="Hi", owner=alice)
    readers = Segment.objects.create(name="Readers", owner=alice)
    stage = Stage.objects.create(name="Fresh lead", weight=77)
    group = PointGroup.objects.create(name="Loyalty")
    condition = {
        "all": [
            {"segment": [str(readers.pk)], "op": "in"},
            {"any": [{"delivery": {"email": [email.pk]}, "state": "sent"}]},
            {
                "event": "emails.opened",
                "where": {"email": email.pk},
                "count": {"op": "gte", "value": email.pk},
            },
            {"field": "stage", "op": "is", "value": stage.pk},
            {"field": f"points.{group.pk}", "op": "gte", "value": 7},
            {"field": "owner", "op": "is", "value": alice.pk},
        ]
    }
    steps = [
        {**node("mail", "action", "emails.send", email=email.pk), "position": {"x": 10.5, "y": 2}},
        node("opened", "decision", "emails.opened", email=email.pk, within="1d"),
        node("ask", "condition", filter=condition),
        node("move", "action", "segments.change", add=[readers.pk], remove=[]),
        node("give", "action", "contacts.update", values={"owner": alice.pk, "city": "Nice"}),
        node("tell", "action", "webhooks.post", url="https://crm.example/in", secret="s3cret"),
    ]
    edges = [
        "start>mail",
        "mail>opened",
        "opened:yes>ask",
        "ask:yes>move",
        "ask:no>give",
        "give>tell",
    ]
    return Campaign.objects.create(
        name="Onboarding",
        owner=alice,
        sources=[{"segment": readers.pk}, {"manual": True}],
        holdout=10,
        graph=graph(steps, *edges),
    )


def told(api: Any, campaign: Campaign) -> Any:
    answer = api.get(f"/api/v1/campaigns/{campaign.pk}/file")
    assert answer.status_code == 200, answer.content
    return answer.json()
