"""SEC-45: whoever forges a site's origin, or writes what nobody can read, fills nothing up."""

import logging
import os
from datetime import timedelta

import pytest

from kernel import clock
from tests.tracking.site import Visit, arrive
from tracking import crowds, leftovers, public, seldom, spool
from tracking.leftovers import Caretaker
from tracking.models import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(public, "_crowds", crowds.Crowds())
    monkeypatch.setattr(
        leftovers, "_lost", seldom.Seldom(leftovers.logger, "%s hits were dropped.")
    )


def views(address: str, number: int) -> None:
    for _visitor in range(number):
        visit = Visit()
        visit.client.defaults["REMOTE_ADDR"] = address
        assert visit.view().status_code == 204


def test_one_address_makes_so_many_visitors_and_no_more(site, settings, caplog, monkeypatch):
    # Another test of this minute may have had its warning already.
    monkeypatch.setattr(public._crowded, "_next", 0.0)
    settings.HITS_PER_MINUTE = 3
    views("203.0.113.7", 6)
    views("203.0.113.8", 1)
    arrive()
    assert Visitor.objects.count() == 4
    assert len([row for row in caplog.records if "too many of one address" in row.message]) == 1


def test_addresses_of_one_subscriber_are_one(site, settings):
    settings.HITS_PER_MINUTE = 2
    for number in range(4):
        views(f"2001:db8:1:2::{number:x}", 1)
    views("2001:db8:1:3::1", 1)
    arrive()
    assert Visitor.objects.count() == 3


def test_ones_own_machine_and_zero_are_not_limited(site, settings):
    settings.HITS_PER_MINUTE = 1
    views("127.0.0.1", 3)
    settings.HITS_PER_MINUTE = 0
    views("203.0.113.7", 2)
    arrive()
    assert Visitor.objects.count() == 5


def test_what_was_set_aside_takes_no_room_from_hits(spooled, monkeypatch):
    spool.folder().joinpath("0000000000001-1-a.bad").write_bytes(b"x" * 1000)
    assert spool.weight() == 0
    monkeypatch.setattr(spool, "CAP_BYTES", 500)
    assert spool.append("testing.hit", {"n": 1})


def test_what_was_set_aside_goes_by_age_and_by_size(spooled, monkeypatch):
    monkeypatch.setattr(leftovers, "CAP_BYTES", 250)
    files = [spool.folder() / f"{number:013}-1-a.bad" for number in range(5)]
    for file in files:
        file.write_bytes(b"x" * 100)
    weeks_ago = (clock.now() - timedelta(days=15)).timestamp()
    os.utime(files[4], (weeks_ago, weeks_ago))
    waits = spool.folder() / "0000000000000-1-a.ready"
    waits.write_bytes(b"x" * 400)
    Caretaker().look()
    assert {path.name for path in spool.folder().iterdir()} == {files[3].name, waits.name}


def test_dropped_hits_are_told_once_a_minute(spooled, monkeypatch, caplog):
    monkeypatch.setattr(spool, "CAP_BYTES", 0)
    caretaker = Caretaker()
    with caplog.at_level(logging.WARNING):
        for _minute in range(2):
            for number in range(3):
                assert not spool.append("testing.hit", {"n": number})
            caretaker.look()
    assert [row.message for row in caplog.records] == ["3 hits were dropped."]
    monkeypatch.setattr(leftovers, "EVERY_SECONDS", 0)
    caretaker = Caretaker()
    caretaker.look()
    assert caretaker._newly_dropped() == 0


def test_too_long_hits_are_told_seldom(spooled, caplog, monkeypatch):
    monkeypatch.setattr(spool, "_too_long", seldom.Seldom(spool.logger, "%s hits too long."))
    for _hit in range(20):
        assert not spool.append("testing.hit", {"text": "x" * spool.LINE_BYTES})
    assert [row.message for row in caplog.records] == ["1 hits too long."]
