"""Growth tells what was true each day, though members became one or nobody since."""

import random
from datetime import timedelta

import pytest
import time_machine

from accounts.models import Role
from contacts.models import Contact
from contacts.services.erase import erase
from contacts.services.merge import merge
from contacts.services.upsert import upsert
from kernel import clock, invariants
from segments.models import Segment
from segments.services import editing, members
from segments.services.growth import lately
from segments.services.sweeping import sweep
from tests.cast import client_of, make_user
from tests.contacts.merging import people
from tests.segments.test_growth_by_rest import moves, told
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_who_was_merged_or_erased_is_missing_from_that_day_on(api):
    segment, now = Segment.objects.create(name="Fair", state="ready"), clock.now()
    ana, bo, cy, dee = people(*({"email": f"{name}@x.example"} for name in "abcd"))
    deeds = {
        4: lambda at: members.change(segment, [ana, bo, cy], [], now=at),
        3: lambda at: merge(ana, bo, at),
        2: lambda at: erase(cy, at),
        1: lambda at: merge(dee, ana, at),
    }
    for ago, deed in deeds.items():
        with time_machine.travel(now - timedelta(days=ago), tick=False):
            deed(clock.now())
            settle()
    days = moves(told(api, segment, days=6))
    assert days == [(0, 0, 0), (3, 0, 3), (0, 1, 2), (0, 1, 1), (0, 0, 1), (0, 0, 1)]
    assert lately([segment.pk], now) == {segment.pk: 1}
    rights = {"contacts": {"view": "own"}, "segments": {"view": "all"}}
    eve = make_user("Eve", Role.objects.create(name="Narrow", rights=rights))
    Contact.objects.filter(pk=dee).update(owner=eve)
    days = moves(told(client_of(eve), segment, days=6))
    assert days == [(0, 0, 0), (2, 0, 2), (0, 1, 1), (0, 0, 1), (0, 0, 1), (0, 0, 1)]
    erase(dee, now)
    settle()
    assert moves(told(api, segment, days=6))[-2:] == [(0, 0, 1), (0, 1, 0)]
    assert invariants.broken() == []


def test_each_day_equals_a_recount_of_that_day(api):
    chance, now = random.Random(1), clock.now()
    by_hand = Segment.objects.create(name="Fair", state="ready")
    with time_machine.travel(now - timedelta(days=8), tick=False):
        everybody = people(*({"email": f"p{n}@x.example"} for n in range(30)))
        tree = {"all": [{"field": "city", "op": "is", "value": "Paris"}]}
        by_filter = editing.create({"name": "Paris", "filter": tree}, now=clock.now())
        settle()
    segments = [by_hand, by_filter]
    expected: dict[int, list[int]] = {segment.pk: [] for segment in segments}
    for ago in range(6, 0, -1):
        with time_machine.travel(now - timedelta(days=ago), tick=False):
            at = clock.now()
            for _ in range(2):
                some = chance.sample(everybody, 4)
                members.change(chance.choice(segments), some[:2], some[2:], now=at)
                city = chance.choice(["Paris", "Lyon"])
                upsert([{"id": str(one), "city": city} for one in some[:3]], mode="update", now=at)
                if chance.random() < 0.6:
                    merge(some[0], some[1], at)
                    everybody.remove(some[1])
                if chance.random() < 0.3:
                    erase(some[2], at)
                    everybody.remove(some[2])
                settle()
        for segment in segments:
            expected[segment.pk].append(Segment.objects.get(pk=segment.pk).count_now())
    sweep(lambda: None)
    for segment in segments:
        days = [day["members"] for day in told(api, segment, days=8)]
        assert days == [0, *expected[segment.pk], expected[segment.pk][-1]]
    assert invariants.broken() == []
