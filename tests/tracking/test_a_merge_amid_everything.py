"""REL-31: contacts are merged while they browse, open, are imported and written to."""

import re
import time

import pytest
from django.db import transaction
from django.test import Client

from contacts.models import Contact
from contacts.services.merge import Wish, merge_all
from contacts.services.upsert import upsert
from emails.models import CapturedMail
from kernel import clock, events
from kernel.invariants import broken
from kernel.queues import queues
from tests.campaigns.test_no_opening_is_lost import dispatcher, in_threads
from tests.contacts.merging import look_again, named, people
from tests.emails.people import begin, make_segment
from tests.settle import settle
from tests.tracking.site import HUMAN, Visit, arrive, events_of
from tracking import spool, spooler
from tracking.visits import identity

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 5


def copy() -> int:
    spool.flush()
    return spooler.copy_all()


def send() -> bool:
    worked = [queues.get(key)().work(clock.now()) for key in ("emails.runs", "emails.deliveries")]
    return any(worked)


def load() -> bool:
    """Import the old addresses once more, in a batch that takes its time."""
    with transaction.atomic():
        city = str(time.monotonic())
        rows = [{"email": f"a{n}@x.example", "city": city} for n in range(PAIRS)]
        upsert(rows, now=clock.now(), bulk=True, source="import:1")
        time.sleep(0.02)
    return True


def pixels() -> list[str]:
    """Return the addresses that the opening of each mail calls for."""
    raws = [bytes(mail.raw).replace(b"=\r\n", b"").decode() for mail in CapturedMail.objects.all()]
    found = [re.search(r"/e/o/[\w.~-]+", raw.replace("=3D", "=")) for raw in raws]
    return [place[0] for place in found if place]


class People:
    """Pairs who are one person each: the one of each pair that goes is known on the site."""

    def __init__(self) -> None:
        events.number_types()
        self.kept = people(*({"email": f"b{n}@x.example"} for n in range(PAIRS)))
        self.gone = people(*({"email": f"a{n}@x.example"} for n in range(PAIRS)))
        self.visits = [Visit() for _loser in self.gone]
        for visit, loser in zip(self.visits, self.gone, strict=True):
            visit.post(t=identity(loser, clock.now()))
        arrive()
        self.everyone = list(Contact.objects.order_by("pk"))
        first = make_segment(self.everyone[PAIRS:], "First")
        begin(self.everyone[PAIRS:], segments=[first])
        settle()
        self.opened, self.reader = pixels(), Client(headers={"user-agent": HUMAN})
        self.views = 0

    def browse(self) -> bool:
        for visit, pixel in zip(self.visits, self.opened, strict=True):
            assert visit.view(f"/{self.views}").status_code == 204
            self.views += 1
            self.reader.get(pixel)
        return False


def test_rel_31_all_history_ends_on_the_survivor_whatever_is_under_way(site):
    world = People()
    finish = in_threads(world.browse, copy, load, dispatcher, send)
    begin(world.everyone, segments=[make_segment(world.everyone, "Second")])
    for winner, loser in zip(world.kept, world.gone, strict=True):
        time.sleep(0.1)
        for _again in range(2):
            merge_all(winner, [loser], clock.now(), Wish(reason="hand"))
    time.sleep(0.3)
    finish()
    arrive()
    look_again()
    settle()
    assert sorted(Contact.objects.values_list("pk", flat=True)) == sorted(world.kept)
    assert {loser: named(loser) for loser in world.gone} == {loser: [] for loser in world.gone}
    viewed = events_of("pages.viewed")
    assert len(viewed) == world.views
    assert {event.contact_id for event in viewed} == set(world.kept)
    for visit, winner in zip(world.visits, world.kept, strict=True):
        visit.view("/after")
        assert events_of("pages.viewed", winner)[-1].data["path"] == "/after"
    assert broken() == []
