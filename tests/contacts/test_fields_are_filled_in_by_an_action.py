"""*Change fields* with tokens of the contact and of what led here, and with choices added."""

from itertools import count
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from contacts.services.upsert import upsert
from kernel import clock
from kernel.actions import Batch, Outcomes, contact_actions, run_action
from kernel.registry import ConfigProblem

pytestmark = pytest.mark.django_db
SPORTS = ["hike", "ski", "golf"]
causes_ever = count()


@pytest.fixture
def people(api: APIClient) -> list[int]:
    for body in (
        {"label": "Sports", "type": "multiselect", "options": SPORTS},
        {"label": "Spent", "type": "number", "decimals": 2},
        {"label": "Last order", "type": "date"},
        {"label": "Secret", "type": "text", "sensitive": True},
    ):
        assert api.post("/api/v1/fields", body, format="json").status_code == 201
    rows = [
        {"email": "anna@x.example", "first_name": "Anna", "city": "Lyon", "sports": ["hike"]},
        {"email": "bert@x.example", "sports": ["golf"]},
    ]
    return upsert(rows, now=clock.now()).created


def run(values: dict[str, Any], people: list[int], context: Any = None) -> Outcomes:
    kind = contact_actions.get("contacts.update")
    causes = [f"test:{next(causes_ever)}" for _one in people]
    batch = Batch(people, causes, context=context or {})
    return run_action(kind(kind.clean({"values": values})), batch, clock.now())


def field(api: APIClient, contact: int, name: str) -> Any:
    return api.get(f"/api/v1/contacts/{contact}").json()[name]


def refused(values: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(ConfigProblem) as raised:
        contact_actions.get("contacts.update").clean({"values": values})
    return raised.value.problems[0]["field"], raised.value.problems[0]["code"]


def test_tokens_are_filled_in_for_each_and_empty_ones_change_nothing(people, api):
    run({"last_name": "{{ contact.first_name }} of {{ contact.city }}"}, people)
    assert [field(api, one, "last_name") for one in people] == ["Anna of Lyon", "of"]
    run({"last_name": "{{ contact.first_name }}"}, people)
    assert [field(api, one, "last_name") for one in people] == ["Anna", "of"]


def test_what_led_here_is_kept_in_fields_of_its_type(people, api):
    with time_machine.travel("2026-03-04T22:30:00Z", tick=False):
        event = {"order": {"total": "19.90", "sports": ["ski", "hike"]}}
        values = {
            "spent": "{{ event.order.total }}",
            "last_order": "{{ today }}",
            "sports": "{{ event.order.sports }}",
        }
        outcomes = run(values, people[:1], {people[0]: event})
    assert not outcomes.skipped
    assert float(field(api, people[0], "spent")) == 19.9
    assert field(api, people[0], "last_order") == "2026-03-04"
    assert field(api, people[0], "sports") == ["hike", "ski"]


def test_whoever_has_no_fitting_value_is_passed_over_alone(people, api):
    context = {people[0]: {"total": "a lot"}, people[1]: {"total": 5}}
    outcomes = run({"spent": "{{ event.total }}"}, people, context)
    assert list(outcomes.skipped) == people[:1]
    assert outcomes.skipped[people[0]].startswith("Spent: ")
    assert float(field(api, people[1], "spent")) == 5


def test_choices_are_added_and_removed_beside_the_others(people, api):
    run({"sports": {"add": ["ski"], "remove": ["golf"]}}, people)
    assert [field(api, one, "sports") for one in people] == [["hike", "ski"], ["ski"]]
    outcomes = run({"sports": {"remove": ["golf"]}}, people)
    assert outcomes.same == set(people)


def test_what_cannot_be_meant_is_refused_at_its_field(people):
    assert refused({"city": "{{ contact.nowhere }}"}) == ("values.city", "unknown_token")
    assert refused({"city": "{{ contact.city"}) == ("values.city", "unknown_token")
    assert refused({"city": "{{ contact.secret }}"}) == ("values.city", "sensitive")
    assert refused({"created_at": "{{ today }}"}) == ("values.created_at", "read_only")
    assert refused({"city": {"add": ["x"]}}) == ("values.city", "invalid")
    assert refused({"sports": {"add": ["chess"]}})[0] == "values.sports"
    assert refused({"sports": {"add": ["ski"], "remove": ["ski"]}}) == ("values.sports", "invalid")
    assert refused({"sports": {}}) == ("values.sports", "required")


def test_a_field_that_is_read_is_not_deleted_and_is_told(people):
    kind = contact_actions.get("contacts.update")
    action = kind({"values": {"city": "{{ contact.spent }}", "sports": {"add": ["ski"]}}})
    assert len(action.uses()) == 2
    assert action.describe() == "City = {{ contact.spent }}, Sports: + ski"
