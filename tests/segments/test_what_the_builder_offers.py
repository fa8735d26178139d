"""Stages and reasons of deliveries are picked by name; the list tells uses and growth."""

import pytest

from campaigns.models import Campaign
from contacts.models import Import
from kernel import clock, filters
from segments.models import Segment
from segments.services import editing, members
from stages.models import Stage
from tests.emails.people import make_email
from tests.filters.asking import happen, meant, person
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
    twice = {"delivery": {"email": [email.pk]}, "count": {"op": "gte", "value": 2}}
    assert filters.sentence({"all": [twice]}) == "was sent News at least 2 times"


@pytest.mark.parametrize(
    ("event", "key", "value", "kind", "said"),
    [
        ("contacts.updated", "field", "city", "contact_field", "field is City"),
        ("contacts.created", "source", "api", "contact_source", "source is the API"),
        (
            "contacts.consented",
            "purpose",
            "click_tracking",
            "purpose",
            "purpose is tracking of clicks",
        ),
        ("campaigns.left", "reason", "goal", "leaving_reason", "reason is reached the goal"),
        ("visits.started", "device", "mobile", "device", "device is phone"),
        ("emails.opened", "system", "ios", "system", "operating system is iOS"),
        ("emails.bounced", "kind", "soft", "bounce_kind", "kind is for now"),
    ],
)
def test_what_happened_is_picked_by_name_and_said_so(api, event, key, value, kind, said):
    subjects = ok(api.get("/api/v1/filters/catalogue"))["subjects"]
    [asked] = [
        one
        for subject in subjects
        if (subject["kind"], subject["key"]) == ("event", event)
        for one in subject["where"]
        if one["name"] == key
    ]
    assert asked["choices"] == kind
    assert value in {one["value"] for one in choices(api, kind)}
    sentence = filters.sentence({"event": event, "where": {key: value}})
    assert said in sentence


def test_a_link_and_a_file_are_said_by_their_names(api, alice):
    email = make_email(name="News", html='<a href="https://example.com/offer">The offer</a>')
    tree = {"event": "emails.clicked", "where": {"email": email.pk, "link": 1}}
    assert "where link is The offer" in filters.sentence(tree)
    done = Import.objects.create(name="fair.csv", state="done", options={"object": "contact"})
    Import.objects.create(name="firms.csv", state="done", options={"object": "company"})
    # Files of companies have met nobody.
    assert [one["label"] for one in choices(api, "import")] == ["fair.csv"]
    found = {one["label"]: one["value"] for one in choices(api, "contact_source")}
    assert found["fair.csv"] == f"import:{done.pk}"
    tree = {"event": "contacts.created", "where": {"source": found["fair.csv"]}}
    assert "source is fair.csv" in filters.sentence(tree)


def test_who_had_a_field_changed_is_found_by_the_field():
    ann, bob = (person(f"{name}@example.com") for name in ("ann", "bob"))
    happen(ann, "contacts.updated", changed=["city", "phone"])
    happen(bob, "contacts.updated", changed=["first_name"])
    for wanted, who in (
        ("city", {ann}),
        (["phone", "first_name"], {ann, bob}),
        ({"op": "not_in", "value": ["city"]}, {bob}),
    ):
        tree = {"event": "contacts.updated", "where": {"field": wanted}, "within": "30d"}
        assert meant(tree, ann, bob) == who, wanted


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
