"""REL-34: a filter edited while its segment is built or rebuilt decides who is in it."""

import threading
import time

import pytest
from django.db import connection, transaction

from kernel import clock
from kernel.locks import LANES, wait_lanes
from segments.models import Segment
from segments.services import auditing, building, editing
from segments.services.evaluation import evaluate
from segments.services.turns import Turn
from tests.colliding import WAITING
from tests.segments.scene import FRENCH, follow, inside, person, told
from tests.settle import settle

pytestmark = pytest.mark.django_db


def editing_once(segment, tree):
    """Edit the filter the first time the work says how far it is."""
    edits = iter([tree])

    def meanwhile(**_progress: object) -> None:
        if fresh := next(edits, None):
            editing.edit(Segment.objects.get(pk=segment.pk), {"filter": fresh}, now=clock.now())

    return Turn(save=meanwhile)


def test_the_new_filter_wins_over_a_build_under_way():
    ann, bob = person(country="FR"), person(country="DE")
    segment = editing.create({"name": "New", "filter": {"all": [FRENCH]}}, now=clock.now())
    building.build(editing_once(segment, {"none": [FRENCH]}))
    segment.refresh_from_db()
    assert (segment.state, inside(segment)) == ("ready", {bob})
    settle()
    assert inside(segment) == {bob}
    assert ann not in inside(segment)


def test_the_new_filter_wins_over_a_rebuild_under_way():
    ann, bob = person(country="FR"), person(country="DE")
    segment = follow({"all": [FRENCH]})
    # What the rebuild finds wrong belongs to the old filter.
    person(country="FR")
    auditing.rebuild([segment.pk], editing_once(segment, {"none": [FRENCH]}))
    settle()
    segment.refresh_from_db()
    assert (segment.state, segment.corrected, inside(segment)) == ("ready", 0, {bob})
    assert f"-{ann}" in told(segment)
    assert set(auditing.rebuild([segment.pk], Turn()).values()) == {0}


@pytest.mark.django_db(transaction=True)
def test_the_new_filter_wins_over_an_evaluation_by_the_old_one_under_way():
    ann, bob = person(country="FR"), person(country="DE")
    segment = editing.create({"name": "New", "filter": {"all": [FRENCH]}}, now=clock.now())
    begun = threading.Event()

    def evaluate_slowly() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            wait_lanes(range(LANES))
            evaluate([ann, bob], {segment.pk}, clock.now())
            begun.set()
            until = time.monotonic() + 10
            while time.monotonic() < until:
                cursor.execute(WAITING)
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.02)
        connection.close()

    other = threading.Thread(target=evaluate_slowly)
    other.start()
    assert begun.wait(10)
    editing.edit(segment, {"filter": {"none": [FRENCH]}}, now=clock.now())
    building.build(Turn())
    other.join()
    assert inside(segment) == {bob}
