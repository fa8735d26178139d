"""What is picked on screen comes as text, and so do ids in answers: every action takes both."""

from typing import Any

import pytest

from campaigns.models import Campaign
from contacts.models import Company
from emails.models import Email
from integrations.models import Connection
from kernel import subjects
from kernel.actions import ContactAction, contact_actions
from points.models import PointGroup
from segments.models import Segment
from sms.models import Text
from stages.models import Stage
from tests.journey import graph, ok

pytestmark = pytest.mark.django_db
CAMPAIGNS = "/api/v1/campaigns"
# What else an action asks for, beside what is picked.
REST: dict[str, dict[str, Any]] = {
    "emails.send_to_users": {"to": ["owner"]},
    "points.adjust": {"delta": 5},
}


def picks(kind: type[ContactAction]) -> dict[str, dict[str, Any]]:
    """Return what the settings hold by their ids: `{field: {kind, many}}`."""
    told = {name: getattr(field, "picks", None) for name, field in kind.form.base_fields.items()}
    return {name: one for name, one in told.items() if one and subjects.listed(one["kind"])}


PICKING = [kind.key for kind in contact_actions if picks(kind)]


@pytest.fixture
def objects(api, alice) -> dict[str, int]:
    made = {
        "email": Email.objects.create(name="Hello", type=Email.Type.TEMPLATE),
        "segment": Segment.objects.create(name="Readers"),
        "stage": Stage.objects.create(name="Lead", weight=1),
        "connection": Connection.objects.create(name="CRM", connector="rest"),
        "campaign": Campaign.objects.create(name="Winter"),
        "company": Company.objects.create(name="Acme"),
        "point_group": PointGroup.objects.create(name="Skis"),
        "sms": Text.objects.create(name="Hello", type=Text.Type.TEMPLATE),
    }
    return {kind: row.pk for kind, row in made.items()}


@pytest.mark.parametrize("key", PICKING)
@pytest.mark.parametrize("written", [str, int])
def test_ids_are_taken_as_texts_and_as_numbers(api, objects, key, written):
    kind = contact_actions.get(key)
    assert kind is not None
    for name, picked in picks(kind).items():
        number = written(objects[picked["kind"]])
        config = {name: [number] if picked["many"] else number}
        step = {"id": "a", "kind": "action", "key": key, "config": {**config, **REST.get(key, {})}}
        body = {"name": key, "sources": [{"manual": True}], "graph": graph([step], "start>a")}
        made = ok(api.post(CAMPAIGNS, body), 201)
        told = ok(api.get(f"{CAMPAIGNS}/{made['id']}"))["graph"]
        # What is told may be sent back as it is.
        assert ok(api.patch(f"{CAMPAIGNS}/{made['id']}", {"graph": told}))["graph"] == told


def test_what_is_no_id_of_a_campaign_is_refused(api):
    for wrong in ("3", [True], ["x"], [0], [2**31], [None], [[1]], ["-1"]):
        step = {"id": "a", "kind": "action", "key": "campaigns.change", "config": {"add": wrong}}
        answer = api.post(CAMPAIGNS, {"name": "No", "graph": graph([step], "start>a")})
        assert answer.status_code == 400, wrong
