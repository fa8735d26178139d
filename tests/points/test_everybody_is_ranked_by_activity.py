"""The activity rank is what plain Python says, and only differences are written."""

from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contacts.models import Contact, ContactState
from contacts.services.merge import merge
from kernel import clock, preferences
from points.services import matrix, ranking
from segments.models import Member
from segments.services import editing
from tests.points.crowd import DAY, TRACKING, at_random, meant, measured, ranks, somebody
from tests.settle import settle

pytestmark = pytest.mark.django_db
SETTING = "points.activity"
UPDATED = "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'contact_state'"


def often(rounds: int) -> settings:
    return settings(
        max_examples=rounds,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )


def written() -> int:
    with connection.cursor() as cursor:
        cursor.execute(UPDATED)
        return int(cursor.fetchone()[0])


@often(6)
@given(seed=st.integers(0, 2**32))
def test_ranks_are_those_of_plain_python(alice, seed):
    agree(Random(seed), 25)


@pytest.mark.long
@often(60)
@given(seed=st.integers(0, 2**32))
def test_ranks_of_many_are_those_of_plain_python(alice, seed):
    agree(Random(seed), 60)


def agree(rng: Random, people: int) -> None:
    with transaction.atomic():
        weights = {cell.key: rng.choice((0, 1, 1, 3)) for cell in matrix.cells()}
        weights["emails.opened@broadcast"] = 1
        chosen = {
            "days": rng.choice((7, 30)),
            "needed": rng.choice((1, 1, 2)),
            "recency": rng.choice(tuple(matrix.RECENCY)),
            "weights": weights,
        }
        preferences.put(SETTING, chosen)
        preferences.put("tracking.measure_unasked", rng.random() < 0.5)
        crowd = [at_random(rng, clock.now()) for _number in range(people)]
        run = measured()
        wanted = meant(crowd, run)
        assert ranks() == wanted, chosen
        assert run.active == sum(bool(rank) for rank in wanted.values())
        assert run.inactive == list(wanted.values()).count(0)
        assert run.unmeasurable == list(wanted.values()).count(None)
        transaction.set_rollback(True)


def test_equal_activity_gets_equal_rank(alice):
    people = [somebody() for _number in range(7)]
    for one in people[:5]:
        one.does("orders.placed", clock.now() - DAY)
    for _number in range(2):
        people[5].does("orders.placed", clock.now() - DAY)
    measured()
    found = ranks()
    assert len({found[one.id] for one in people[:5]}) == 1
    assert found[people[5].id] == 10
    assert found[people[6].id] == 0


def test_only_changed_ranks_are_written(alice):
    people = [somebody() for _number in range(20)]
    for number, one in enumerate(people):
        for _time in range(number):
            one.does("orders.placed", clock.now() - DAY)
    assert measured().changed == 20
    before = written()
    assert measured().changed == 0
    assert written() == before
    people[0].does("orders.placed", clock.now())
    # What happened moves the last activity, too.
    settle()
    before = written()
    run = measured()
    assert 0 < written() - before == run.changed < 10


def test_who_cannot_be_measured_is_not_inactive(alice):
    quiet, closed, buyer, objector = (somebody() for _number in range(4))
    for one in (closed, buyer):
        for purpose in TRACKING:
            one.says(purpose, "refused")
    objector.says("profiling", "refused")
    for one in (buyer, objector):
        one.does("orders.placed", clock.now())
    run = measured()
    found = ranks()
    assert (found[quiet.id], found[closed.id]) == (0, None)
    assert found[buyer.id] == 1, "what a shop tells needs no tracking"
    assert found[objector.id] is None
    assert (run.active, run.inactive, run.unmeasurable) == (1, 1, 2)


def test_a_rank_moves_its_person_into_segments(alice):
    ann = somebody()
    tree = {"field": "activity_rank", "op": "gte", "value": 1}
    segment = editing.create({"name": "Active", "filter": tree}, now=clock.now())
    settle()
    ann.does("orders.placed", clock.now())
    measured()
    assert Member.objects.filter(segment_id=segment.pk, contact_id=ann.id).exists()


def test_whoever_goes_between_scan_and_writing_is_passed_over(alice):
    ann, bob, eve = (somebody() for _number in range(3))
    for one in (ann, bob):
        one.does("orders.placed", clock.now())
    run = ranking.measure(clock.now())
    merge(ann.id, bob.id, clock.now())
    Contact.objects.filter(pk=eve.id).delete()
    while ranking.write(run):
        pass
    assert ranks() == {ann.id: 1}
    assert ContactState.objects.count() == 1
