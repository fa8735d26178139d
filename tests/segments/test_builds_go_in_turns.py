"""A build of any size goes slice by slice, gives way, survives a crash, and isolates what fails."""

from datetime import timedelta

import pytest
from django.db import connection

from contacts.models import Field
from kernel import clock
from kernel.jobs import Jobs
from kernel.models import Job
from segments.models import Member, Segment
from segments.services import auditing, building, differences, editing, turns
from tests.segments.scene import FRENCH, follow, inside, person
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_slices(monkeypatch):
    """Ten contacts a slice, one slice a turn."""
    monkeypatch.setattr(differences, "SLICE", 10)
    monkeypatch.setattr(differences, "SLICE_ALONE", 10)
    monkeypatch.setattr(turns, "SECONDS", -1.0)


def new(tree, name="New"):
    return editing.create({"name": name, "filter": tree}, now=clock.now())


def take_turn() -> Job:
    Jobs().work(clock.now())
    return Job.objects.get(kind=building.BUILD)


def test_a_build_gives_way_after_each_turn_and_goes_on_where_it_was(small_slices):
    people = [person(country="FR") for _number in range(35)]
    segment = new({"all": [FRENCH]})
    job = take_turn()
    assert (job.state, len(inside(segment))) == ("queued", 10)
    # Whoever waits meanwhile is built afterwards, by the same job.
    other = new({"none": [FRENCH]}, "Other")
    assert Job.objects.filter(kind=building.BUILD).count() == 1
    for _turn in range(4):
        job = take_turn()
    assert inside(segment) == set(people)
    settle()
    rows = Segment.objects.in_bulk([segment.pk, other.pk])
    assert {row.state for row in rows.values()} == {"ready"}
    assert Job.objects.get(pk=job.pk).state == "done"


def test_a_build_whose_worker_died_is_taken_up_from_its_last_slice(small_slices):
    people = [person(country="FR") for _number in range(25)]
    segment = new({"all": [FRENCH]})
    job = take_turn()
    later = clock.now() + timedelta(minutes=5)
    # As a killed worker leaves it: running, its lease gone by.
    Job.objects.filter(pk=job.pk).update(state="running", lease_until=clock.now())
    Member.objects.filter(segment_id=segment.pk).delete()
    Jobs().work(later)
    assert inside_raw(segment) == set(people[10:20]), "the first slice is not done again"


def test_what_a_failed_job_left_behind_is_built_by_the_next_rebuild():
    ann = person(country="FR")
    segment = new({"all": [FRENCH]})
    Job.objects.filter(kind=building.BUILD).update(state="failed")
    Segment.objects.filter(pk=segment.pk).update(builder=Job.objects.get().pk)
    auditing.rebuild(None, turns.Turn())
    settle()
    assert inside(segment) == {ann}
    assert Segment.objects.get(pk=segment.pk).state == "ready"


def test_a_rebuild_in_turns_counts_what_each_corrected(small_slices):
    people = [person(country="FR") for _number in range(25)]
    segment = follow({"all": [FRENCH]})
    Member.objects.filter(contact_id__in=[people[0], people[24]]).delete()
    job = Job.objects.create(kind=auditing.REBUILD, due_at=clock.now())
    while Job.objects.get(pk=job.pk).state == "queued":
        Jobs().work(clock.now())
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", auditing.CORRECTED)
    assert Segment.objects.get(pk=segment.pk).corrected == 2
    assert inside_raw(segment) == set(people)


def test_a_filter_that_cannot_be_compared_is_put_aside_alone():
    Field.objects.create(alias="size", type="number", label="size")
    ann = person(country="FR", attrs={"size": "by hand of a database administrator"})
    faulty = new({"field": "size", "op": "gt", "value": 3}, "faulty")
    sound = new({"all": [FRENCH]}, "sound")
    settle()
    faulty.refresh_from_db()
    assert (faulty.state, faulty.error) == ("failed", building.FAULTY)
    assert inside(sound) == {ann}


def test_a_slice_that_takes_too_long_is_tried_in_halves(monkeypatch):
    people = [person(country="FR") for _number in range(8)]
    monkeypatch.setattr(differences, "SMALLEST", 1)
    monkeypatch.setattr(differences, "SLICE_ALONE", 16)
    scan, wide = differences._scan, []

    def impatient(pack, when, part, limit):
        if part.high - part.low > 4:
            wide.append(part)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 1")
                cursor.execute("SELECT pg_sleep(1)")
        scan(pack, when, part, limit)

    monkeypatch.setattr(differences, "_scan", in_a_savepoint(impatient))
    assert inside(follow({"all": [FRENCH]})) == set(people)
    assert wide


def test_a_regular_expression_is_asked_of_a_usual_slice_at_a_time(monkeypatch):
    people = [person(first_name="Ann") for _number in range(8)]
    monkeypatch.setattr(differences, "SLICE", 3)
    monkeypatch.setattr(differences, "SLICE_ALONE", 9)
    scan, widths = differences._scan, set()

    def noted(pack, when, part, limit):
        widths.add(part.high - part.low)
        scan(pack, when, part, limit)

    monkeypatch.setattr(differences, "_scan", noted)
    segment = follow({"field": "first_name", "op": "matches", "value": "^A"})
    assert (inside(segment), widths) == (set(people), {3})


def in_a_savepoint(work):
    from django.db import transaction

    def within(*values):
        with transaction.atomic():
            work(*values)

    return within


def inside_raw(segment: Segment) -> set[int]:
    return set(Member.objects.filter(segment_id=segment.pk).values_list("contact_id", flat=True))
