"""Whatever changes, in whatever order, members are those that plain Python says (REL-33)."""

from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from kernel import clock, events
from kernel.invariants import broken
from segments.services import auditing
from segments.services.turns import Turn
from tests.filters import people
from tests.segments.world import Scene
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moving_clock(monkeypatch, tmp_path, db):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    for key in (*people.CUSTOM_EVENTS, people.COUNTED):
        events.type_id(key)


def at_random(rounds: int) -> settings:
    return settings(
        max_examples=rounds,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )


@at_random(3)
@given(seed=st.integers(0, 2**32))
def test_members_are_right_after_every_change(alice, seed):
    change_again_and_again(Random(seed), alice, 30)


@pytest.mark.long
@at_random(20)
@given(seed=st.integers(0, 2**32))
def test_members_are_right_after_every_of_many_changes(alice, seed):
    change_again_and_again(Random(seed), alice, 60)


def change_again_and_again(rng: Random, owner: User, times: int) -> None:
    clock.move(people.NOW - clock.now())
    with transaction.atomic():
        scene = Scene(rng, owner)
        scene.compare("at first")
        for _number in range(times):
            change = rng.choice(scene.changes())
            change()
            settle()
            scene.compare(change.__name__)
        assert set(auditing.rebuild(None, Turn()).values()) == {0}
        assert not broken(lambda name: name.startswith("segments."))
        transaction.set_rollback(True)
