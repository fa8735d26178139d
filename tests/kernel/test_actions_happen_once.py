"""The runner carries an action out once per cause and contact, and isolates who fails."""

from datetime import UTC, datetime

import pytest

from kernel.actions import Batch, ContactAction, Outcomes, run_action
from kernel.models import ActionDone

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class Greet(ContactAction):
    key = "testing.greet"
    label = "Greet"

    def __init__(self, config=None):
        super().__init__(config)
        self.greeted: list[int] = []
        self.poison: set[int] = set()

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        if self.poison & set(batch.contacts):
            raise ValueError("no hands")
        self.greeted += batch.contacts
        return Outcomes()


def batch(*contacts: int, job: int = 1) -> Batch:
    return Batch(list(contacts), [f"bulk:{job}:greet" for _ in contacts])


def test_the_same_cause_and_contact_is_greeted_once():
    greet = Greet()
    run_action(greet, batch(1, 2), NOW)
    outcomes = run_action(greet, batch(1, 2, 3), NOW)
    assert greet.greeted == [1, 2, 3]
    assert outcomes.repeated == {1, 2}


def test_another_cause_is_another_greeting():
    greet = Greet()
    run_action(greet, batch(1), NOW)
    run_action(greet, batch(1, job=2), NOW)
    assert greet.greeted == [1, 1]


def test_one_contact_who_fails_stops_nobody_else():
    greet = Greet()
    greet.poison = {33}
    outcomes = run_action(greet, batch(*range(1, 65)), NOW)
    assert outcomes.failed == {33: "ValueError: no hands"}
    assert sorted(set(greet.greeted)) == [n for n in range(1, 65) if n != 33]


def test_who_failed_is_not_marked_as_done():
    greet = Greet()
    greet.poison = {2}
    run_action(greet, batch(1, 2, 3), NOW)
    assert set(ActionDone.objects.values_list("contact_id", flat=True)) == {1, 3}
    greet.poison = set()
    assert run_action(greet, batch(1, 2, 3), NOW).repeated == {1, 3}


def test_a_claimed_batch_leaves_the_proof_to_its_caller():
    run_action(Greet(), batch(1), NOW, claimed=True)
    assert not ActionDone.objects.exists()
