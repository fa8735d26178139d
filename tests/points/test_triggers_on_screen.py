"""Point triggers on screen: actions are chosen on the page, and it says for whom it fired."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from backoffice import action_forms
from campaigns.models import Campaign
from contacts.models import Company
from kernel import clock
from points.models import Firing, PointGroup, PointTrigger
from points.services.adjust import give
from tests.emails.people import make_email
from tests.journey import figures, graph, ok, people, points, run, totals
from tests.resource_contract import ResourceContract
from tests.settle import settle

pytestmark = pytest.mark.django_db


class TestTriggers(ResourceContract):
    base = "/points/triggers"
    kind = "point_triggers"

    def make(self, number: int, owner: User | None = None) -> PointTrigger:
        return PointTrigger.objects.create(
            name=f"Trigger {number:02}", threshold=number, owner=owner
        )

    def fields(self, number: int) -> dict[str, Any]:
        return {"name": f"Trigger {number:02}", "threshold": number, "colour": 1}


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def made(screen: Client, **more: Any) -> PointTrigger:
    sent = {"name": "Warm", "threshold": 10, "colour": 2, "active": "on", **more}
    assert screen.post("/points/triggers/new", sent).status_code == 302
    return PointTrigger.objects.get()


def add(screen: Client, row: PointTrigger, key: str, **settings: Any) -> Any:
    sent = {"key": key, **{f"set_{name}": value for name, value in settings.items()}}
    return screen.post(f"/points/triggers/{row.pk}/actions", sent)


def test_actions_are_added_moved_and_removed(screen: Client, api: Any):
    segment = ok(api.post("/api/v1/segments", {"name": "Hot", "filter": None}), 201)["id"]
    row = made(screen)
    page = screen.get(f"/points/triggers/{row.pk}/actions?key=segments.change").content.decode()
    assert "Hot" in page
    assert add(screen, row, "tags.change", add="warm, new one").status_code == 302
    assert add(screen, row, "segments.change", add=[segment]).status_code == 302
    assert add(screen, row, "contacts.update", values="city = Lyon").status_code == 302
    row.refresh_from_db()
    assert [step["config"] for step in row.actions] == [
        {"add": ["new one", "warm"], "remove": []},
        {"add": [int(segment)], "remove": []},
        {"values": {"city": "Lyon"}},
    ]
    screen.post(f"/points/triggers/{row.pk}/actions/2", {"do": "up"})
    screen.post(f"/points/triggers/{row.pk}/actions/1", {"do": "remove"})
    row.refresh_from_db()
    assert [step["id"] for step in row.actions] == [2, 3]
    assert row.uses == [f"segment:{segment}"]
    assert "Hot" in screen.get(f"/points/triggers/{row.pk}").content.decode()
    assert AuditEntry.objects.filter(kind="point_triggers", verb="change").count() == 5
    assert screen.post(f"/points/triggers/{row.pk}/actions/9").status_code == 404


def test_actions_about_colleagues_and_companies_are_added_too(screen: Client):
    row, acme, email = made(screen), Company.objects.create(name="Acme"), make_email()
    campaign = Campaign.objects.create(name="Welcome")
    group = PointGroup.objects.create(name="Interest")
    page = screen.get(f"/points/triggers/{row.pk}/actions?key=companies.add").content.decode()
    assert "Acme" in page
    for key, settings in {
        "users.notify": {"title": "Hot", "to": ["owner"], "ways": ["bell"]},
        "emails.send_to_users": {"email": email.pk, "to": ["owner"]},
        "companies.add": {"company": acme.pk},
        "companies.update": {"values": "city = Lyon"},
        "campaigns.change": {"add": [campaign.pk]},
        "points.adjust": {"delta": 2, "group": group.pk},
    }.items():
        answer = add(screen, row, key, **settings)
        assert answer.status_code == 302, (key, answer.context["form"].errors)
    row.refresh_from_db()
    configs = [step["config"] for step in row.actions]
    assert configs[0]["to"] == ["owner"]
    assert configs[1] == {"email": email.pk, "to": ["owner"]}
    assert configs[2] == {"company": acme.pk, "primary": False}
    assert configs[3] == {"values": {"city": "Lyon"}}
    assert configs[4] == {"add": [campaign.pk], "remove": []}
    assert configs[5] == {"delta": 2, "group": group.pk}


def test_what_an_action_refuses_stands_beside_its_field(screen: Client):
    row = made(screen)
    answer = add(screen, row, "points.adjust", delta=0)
    assert answer.status_code == 422
    assert "set_delta" in answer.context["form"].errors
    assert add(screen, row, "no.such").status_code == 422


def test_every_action_can_be_drawn(screen: Client):
    row = made(screen)
    page = screen.get(f"/points/triggers/{row.pk}/actions")
    for key, _label in page.context["form"].fields["key"].choices:
        address = f"/points/triggers/{row.pk}/actions?key={key}"
        assert screen.get(address).status_code == 200, key


def test_who_is_above_is_counted_fired_for_and_listed(screen: Client):
    zoe, ann = people(2)
    give({zoe: 12, ann: 3}, clock.now())
    settle()
    row = made(screen)
    add(screen, row, "points.adjust", delta=5)
    page = screen.get(f"/points/triggers/{row.pk}")
    assert page.context["above"] == 1
    screen.post(f"/points/triggers/{row.pk}/apply")
    settle()
    assert totals([zoe, ann]) == [17, 3]
    listed = screen.get(f"/points/triggers/{row.pk}?tab=fired").content.decode()
    assert f"/contacts/{zoe}" in listed
    assert f"/contacts/{ann}" not in listed
    assert screen.get(f"/points/triggers/{row.pk}").context["above"] == 0


def test_a_campaign_begins_with_a_trigger_and_keeps_it(api: Any, screen: Client):
    [zoe] = people(1)
    row = made(screen)
    drawing = graph([points("more", 7)], "start>more")
    campaign = run(api, drawing, sources=[{"trigger": row.pk}])
    give({zoe: 10}, clock.now())
    settle()
    assert totals([zoe]) == [17]
    assert figures(api, campaign)["more"] == {"done": 1}
    assert api.delete(f"/api/v1/point-triggers/{row.pk}").status_code == 409
    assert Firing.objects.filter(trigger=row).count() == 1
    wrong = {"name": "J", "sources": [{"trigger": 999_999}], "graph": drawing}
    assert api.post("/api/v1/campaigns", wrong).status_code == 400


def test_where_there_are_too_many_to_list_one_is_named(screen: Client, monkeypatch: Any):
    zeta, acme = (Company.objects.create(name=name) for name in ("Zeta", "Acme, Inc."))
    row = made(screen)
    monkeypatch.setattr(action_forms, "MOST_OFFERED", 1)
    page = screen.get(f"/points/triggers/{row.pk}/actions?key=companies.add").content.decode()
    assert "The exact name, or the id" in page
    refused = add(screen, row, "companies.add", company="Nobody")
    assert refused.status_code == 422
    assert "“Nobody” was not found." in refused.content.decode()
    assert add(screen, row, "companies.add", company=" acme, inc. ").status_code == 302
    assert add(screen, row, "companies.add", company=str(zeta.pk)).status_code == 302
    row.refresh_from_db()
    assert [step["config"]["company"] for step in row.actions] == [acme.pk, zeta.pk]
