"""What only time changes is followed every minute; the next rebuild finds nothing to correct."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from contacts.models import Field
from kernel import clock, events, preferences
from kernel.events import Fact
from kernel.jobs import enqueue
from kernel.models import Job
from kernel.schedule import run_due
from segments.models import Segment
from segments.services import auditing
from segments.services.turns import Turn
from tests.segments.scene import follow, inside, person, told
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moving_clock(monkeypatch, tmp_path):
    """The test clock stands on a Sunday morning, and is moved by hand."""
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    clock.move(datetime(2031, 6, 1, 8, tzinfo=UTC) - clock.now())


def pass_time(**much: int) -> None:
    """Move the clock and let the minute's job run, as the tick would."""
    clock.move(timedelta(**much))
    enqueue("segments.follow", {}, now=clock.now())
    settle()


def corrections() -> int:
    enqueue(auditing.REBUILD, {}, now=clock.now())
    settle()
    return sum(Segment.objects.values_list("corrected", flat=True))


def test_instants_enter_and_leave_rolling_windows():
    Field.objects.create(alias="call", type="datetime", label="call")
    soon = clock.iso(clock.now() + timedelta(hours=3))
    ann = person(attrs={"call": soon})
    near = follow({"field": "call", "op": "within_next", "value": "2h"})
    past = follow({"field": "call", "op": "within_last", "value": "1h"})
    pass_time(minutes=30)
    assert (inside(near), inside(past)) == (set(), set())
    pass_time(minutes=31)
    assert (inside(near), inside(past)) == ({ann}, set())
    pass_time(hours=2, minutes=10)
    assert (inside(near), inside(past)) == (set(), {ann})
    pass_time(hours=1)
    assert (inside(near), inside(past)) == (set(), set())
    assert told(near) == [f"+{ann}", f"-{ann}"]
    assert corrections() == 0


def test_days_begin_at_midnight_of_the_workspace():
    preferences.put("workspace.timezone", "Europe/Paris")
    Field.objects.create(alias="due", type="date", label="due")
    ann, bob = person(attrs={"due": "2031-06-02"}), person(attrs={"due": "2031-06-01"})
    today = follow({"field": "due", "op": "on", "value": "today"})
    late = follow({"field": "due", "op": "more_than_ago", "value": "1d"})
    assert (inside(today), inside(late)) == ({bob}, set())
    pass_time(hours=13, minutes=59)
    assert inside(today) == {bob}
    pass_time(minutes=2)
    assert (inside(today), inside(late)) == ({ann}, set())
    pass_time(days=1)
    assert (inside(today), inside(late)) == (set(), {bob})
    assert corrections() == 0


def test_birthdays_come_round_and_the_29th_of_february_on_the_28th():
    Field.objects.create(alias="born", type="date", label="born")
    ann, bob = person(attrs={"born": "2000-02-29"}), person(attrs={"born": "1990-02-28"})
    segment = follow({"field": "born", "op": "anniversary", "value": {"before": 3, "after": 0}})
    clock.move(datetime(2032, 2, 24, 8, tzinfo=UTC) - clock.now())
    pass_time(hours=1)
    assert inside(segment) == set()
    pass_time(days=1)
    assert inside(segment) == {bob}
    pass_time(days=3)
    assert inside(segment) == {ann, bob}
    pass_time(days=1)
    assert inside(segment) == {ann}
    clock.move(datetime(2033, 2, 28, 8, tzinfo=UTC) - clock.now())
    pass_time(hours=1)
    assert inside(segment) == {ann, bob}
    pass_time(days=1)
    assert inside(segment) == set()
    assert corrections() == 0


def test_behaviour_leaves_its_period_after_three_days_of_downtime_too():
    events.type_id("shop.visited")
    ann, bob = person(), person()
    lately = follow({"event": "shop.visited", "within": "1d"})
    quiet = follow({"event": "shop.visited", "within": "1d", "count": {"op": "eq", "value": 0}})
    events.record("shop.visited", [Fact(ann, clock.now())], now=clock.now())
    settle()
    assert (inside(lately), inside(quiet)) == ({ann}, {bob})
    pass_time(days=3)
    assert (inside(lately), inside(quiet)) == (set(), {ann, bob})
    assert corrections() == 0


def test_the_tick_starts_both_jobs_in_their_rhythm():
    follow({"field": "created_at", "op": "within_last", "value": "1h"})
    run_due(clock.now())
    assert set(Job.objects.filter(state="queued").values_list("kind", flat=True)) >= {
        "segments.follow",
        "segments.rebuild",
    }
    settle()
    preferences.put("segments.rebuild_minutes", 30)
    clock.move(timedelta(minutes=11))
    started = run_due(clock.now())
    assert "segments.follow" in started
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM job_run WHERE job = 'segments.rebuild'")
        assert cursor.fetchone()[0] == 1


def test_who_enters_while_a_rebuild_compares_and_leaves_by_time_was_never_wrong():
    ann = person()
    events.type_id("shop.visited")
    segment = follow({"event": "shop.visited", "within": "2s"})
    events.record("shop.visited", [Fact(ann, clock.now())], now=clock.now())
    waits = iter([timedelta(seconds=3)])

    def meanwhile(**_progress: object) -> None:
        """After the scan has seen Ann outside, she enters, and her two seconds pass."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT adds FROM segment_difference WHERE contact_id = %s", [ann])
            found = cursor.fetchall()
        if found == [(True,)] and (passes := next(waits, None)):
            settle()
            assert inside(segment) == {ann}
            clock.move(passes)

    assert auditing.rebuild([segment.pk], Turn(save=meanwhile)) == {segment.pk: 0}
    assert told(segment) == [f"+{ann}", f"-{ann}"]
