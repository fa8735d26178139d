"""Corrections read no more of the log than they must; reasons and claims end with their time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact, ContactState
from kernel import clock, events
from kernel.events import Fact
from kernel.models import ContactActivity
from kernel.partitions import ensure_partitions
from tests.settle import settle
from tracking.models import Claim, EventVerdict, Visitor
from tracking.services import claims, corrections, verdicts

pytestmark = pytest.mark.django_db
VIEWED = "pages.viewed"


def test_a_correction_looks_between_the_first_and_the_last(db):
    now = clock.now()
    ensure_partitions([datetime(2019, 3, 1, tzinfo=UTC)])
    contact = Contact.objects.create()
    ContactState.objects.create(contact=contact)
    times = [now - timedelta(seconds=seconds) for seconds in (30, 20, 10)]
    numbers = events.record(VIEWED, [Fact(contact.pk, at, verdict=1) for at in times], now=now)
    settle()
    corrections.correct([(numbers[2], times[2])], events.MACHINE, ["burst"], now)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        settle()
    activity = ContactActivity.objects.get(type_id=events.type_id(VIEWED))
    assert (activity.count, activity.first_at, activity.last_at) == (2, times[0], times[1])
    [fold] = [
        row["sql"]
        for row in seen
        if "INSERT INTO contact_activity" in row["sql"] and "WITH told" in row["sql"]
    ]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + fold.replace("%", "%%"))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"event_web_{times[1]:%Y_%m}" in plan
    assert "event_web_2019_03" not in plan
    assert "event_message" not in plan


def test_old_reasons_are_forgotten_and_young_ones_stay(db):
    now = clock.now()
    for days in (800, 762, 760, 1):
        EventVerdict.objects.create(
            event_id=days, verdict=3, reasons=["robot"], judged_at=now - timedelta(days=days)
        )
    assert verdicts.forget(now) == 2
    assert verdicts.forget(now) == 0
    assert set(EventVerdict.objects.values_list("event_id", flat=True)) == {760, 1}


def test_a_claim_whose_app_is_gone_blocks_nobody(db):
    now = clock.now()
    long_ago = now - timedelta(hours=1)
    for number in range(2):
        visitor = Visitor.objects.create(
            key=f"00000000-0000-4000-8000-00000000000{number}", first_at=now, last_at=now
        )
        Claim.objects.create(
            source="gone",
            reference=number,
            visitor_id=visitor.pk,
            due_at=now,
            created_at=(long_ago, now)[number],
        )
    assert claims.examine(now)
    [left] = Claim.objects.all()
    assert left.due_at > now
