"""`stage` of a contact, written as the contract says: by id, by name, or none."""

from typing import Any

import pytest

from contacts.models import Restriction
from kernel import clock
from stages.models import Stage
from tests.cast import client_of

pytestmark = pytest.mark.django_db
PATH = "/api/v1/contacts"


@pytest.fixture
def stages(db: None) -> dict[str, Stage]:
    names = ("Lead", "Customer", "2026")
    return {name: Stage.objects.create(name=name, weight=at) for at, name in enumerate(names)}


def stage_of(answer: Any) -> str | None:
    assert answer.status_code in (200, 201), answer.content
    stage = answer.json()["stage"]
    return stage and stage["name"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (lambda lead: lead.name, "Lead"),
        (lambda lead: " lEAD ", "Lead"),
        (lambda lead: lead.pk, "Lead"),
        (lambda lead: str(lead.pk), "Lead"),
        (lambda lead: {"id": str(lead.pk), "name": "Lead"}, "Lead"),
        (lambda lead: {"name": "Lead"}, "Lead"),
        (lambda lead: None, None),
        (lambda lead: "", None),
    ],
)
def test_a_stage_is_said_by_id_or_name(api, stages, said, expected):
    body = {"email": "a@x.example", "stage": said(stages["Lead"])}
    assert stage_of(api.post(PATH, body)) == expected


@pytest.mark.parametrize("wrong", ["Nobody's", 999_999, "2026", True, ["Lead"]])
def test_what_is_no_stage_is_refused_and_nobody_made(api, stages, wrong):
    answer = api.post(PATH, {"email": "a@x.example", "stage": wrong})
    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("stage", "not_found")]
    assert api.get(PATH).json()["results"] == []


def test_it_is_changed_back_and_taken_away(api, stages):
    made = api.post(PATH, {"email": "a@x.example", "stage": "Customer"}).json()
    at = f"{PATH}/{made['id']}"
    assert stage_of(api.patch(at, {"stage": "Lead"})) == "Lead"
    assert stage_of(api.patch(at, {"city": "Lyon"})) == "Lead"
    assert stage_of(api.patch(at, {"stage": None})) is None


def test_many_are_moved_and_counted(api, stages):
    known = api.post(PATH, {"email": "a@x.example"}).json()
    rows = [
        {"email": "a@x.example", "stage": "Lead"},
        {"email": "b@x.example", "stage": str(stages["Customer"].pk)},
        {"email": "c@x.example", "stage": "Nobody's"},
    ]
    answer = api.post(f"{PATH}/bulk", {"contacts": rows}).json()
    assert (answer["created"], answer["updated"], answer["unchanged"]) == (1, 1, 0)
    assert [(one["index"], one["errors"][0]["field"]) for one in answer["rejected"]] == [
        (2, "stage")
    ]
    assert answer["ids"][0] == known["id"]
    shown = [stage_of(api.get(f"{PATH}/{pk}")) for pk in answer["ids"][:2]]
    assert shown == ["Lead", "Customer"]
    again = api.post(f"{PATH}/bulk", {"contacts": rows[:1]}).json()
    assert (again["updated"], again["unchanged"]) == (0, 1)


def test_who_is_restricted_stays_where_they_are(api, stages, alice):
    made = api.post(PATH, {"email": "a@x.example"}).json()
    Restriction.objects.create(contact_id=made["id"], ground="request", at=clock.now())
    refused = api.patch(f"{PATH}/{made['id']}", {"stage": "Lead"})
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["code"] == "restricted"
    assert stage_of(client_of(alice).get(f"{PATH}/{made['id']}")) is None
