"""Stages and reasons of deliveries are picked by name; the list tells uses and growth."""

import pytest

from campaigns.models import Campaign
from kernel import clock, filters
from segments.models import Segment
from segments.services import editing, members
from stages.models import Stage
from tests.emails.people import make_email
from tests.journey import ok, people
from tests.segments.on_screen import screen
from tests.settle import settle

__all__ = ["screen"]
pytestmark = pytest.mark.django_db


def choices(api, of, **query):
    return ok(api.get("/api/v1/filters/choices", {"of": of, **query}))["results"]


def test_stages_are_picked_by_name(api):
    lead = Stage.objects.create(name="Lead", weight=1)
    Stage.objects.create(name="Client", weight=2)
    subjects = ok(api.get("/api/v1/filters/catalogue"))["subjects"]
    [stage] = [one for one in subjects if one["key"] == "stage"]
    assert stage["choices"] == "stage"
    found = choices(api, "stage", text="lea")
    assert [(one["value"], one["label"]) for one in found] == [(str(lead.pk), "Lead")]
    tree = {"all": [{"field": "stage", "op": "in", "value": [lead.pk]}]}
    body = {"name": "Leads", "filter": tree}
    assert ok(api.post("/api/v1/segments", body), 201)["filter"] == tree


def test_reasons_of_deliveries_are_picked_and_said_in_words(api):
    found = choices(api, "delivery_reason", text="bounce")
    assert {one["value"] for one in found} == {"hard_bounce", "soft_bounce"}
    email = make_email(name="News")
    condition = {"delivery": {"email": [email.pk]}, "state": "skipped", "reason": "no_consent"}
    assert filters.sentence({"all": [condition]}).endswith("News (no consent)")


def test_the_list_tells_uses_and_growth(screen, dora):
    used, idle = (Segment.objects.create(name=name) for name in ("Used", "Idle"))
    tree = {"all": [{"segment": [used.pk], "op": "in"}]}
    editing.create({"name": "Inside", "filter": tree}, now=clock.now())
    for name in ("One", "Two"):
        Campaign.objects.create(name=name, sources=[{"segment": used.pk}])
    crowd = people(3)
    members.change(used, add=crowd, now=clock.now())
    members.change(used, remove=crowd[:1], now=clock.now())
    settle()
    rows = screen.get("/segments").context["rows"]
    cells = {row.name: {column.key: cell for column, cell in shown} for row, shown in rows}
    assert (cells["Used"]["named_by"], cells["Used"]["lately"]) == ("3", "+2")
    assert (cells["Idle"]["named_by"], cells["Idle"]["lately"]) == ("0", "0")
    assert idle.pk
    Segment.objects.filter(pk=used.pk).update(owner=dora)
    screen.force_login(dora)
    [(_row, shown)] = screen.get("/segments").context["rows"]
    assert {column.key: cell for column, cell in shown}["lately"] == "0"
