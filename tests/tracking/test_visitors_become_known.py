"""Visitors are no contacts; what they did is adopted once somebody proved to be behind them."""

from datetime import timedelta

import pytest
from django.db import connection

from contacts.models import Consent, Contact, ContactState
from contacts.services.erase import erase, everything
from contacts.services.merge import merge
from kernel import clock
from kernel.models import ContactActivity, Event
from tests.settle import settle
from tests.tracking.site import Visit, arrive, events_of
from tracking.models import Claim, Visitor, VisitorEvent
from tracking.services import adoption, forgetting
from tracking.visits import identity

pytestmark = pytest.mark.django_db


def make(email: str = "zoe@example.com") -> Contact:
    contact = Contact.objects.create(email=email)
    ContactState.objects.create(contact=contact)
    return contact


def known(visit: Visit, contact: Contact) -> None:
    """Let the site say who is signed in."""
    visit.post(t=identity(contact.pk, clock.now()))
    arrive()


def test_what_was_done_before_is_adopted_once_and_what_comes_after_too(site, api):
    contact, visit = make(), Visit()
    visit.view("/first")
    visit.post({"n": "event", "k": "shop.wished", "d": {"size": 40}, "a": 5000})
    assert events_of() == []
    token = api.post("/api/v1/tracking/identities", {"contact": contact.pk}).json()["token"]
    visit.post(t=token)
    [viewed] = events_of(contact=contact.pk)
    assert (viewed.data["path"], viewed.verdict) == ("/first", 1)
    [wished] = events_of("shop.wished", contact.pk)
    assert wished.data == {"size": 40}
    visit.view("/second")
    assert [event.data["path"] for event in events_of(contact=contact.pk)] == ["/first", "/second"]
    assert ContactActivity.objects.get(contact_id=contact.pk, type_id=viewed.type_id).count == 2
    assert not VisitorEvent.objects.exists()
    listed = api.get("/api/v1/events", {"contact": contact.pk, "type": "pages.viewed"}).json()
    assert [row["verdict"] for row in listed["results"]] == ["human", "human"]


def test_adoption_that_is_cut_or_repeated_moves_everything_once(site, monkeypatch):
    contact, visits = make(), [Visit() for _number in range(3)]
    monkeypatch.setattr(adoption, "EVENTS", 4)
    monkeypatch.setattr(adoption, "VISITORS", 2)
    for visit in visits:
        for number in range(5):
            visit.view(f"/{number}")
    arrive()
    Visitor.objects.update(contact_id=contact.pk, adopt=True)
    record, calls = adoption.record, []

    def die(facts, now):
        record(facts, now)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(adoption, "record", die)
    adoption.adopt(clock.now())
    with pytest.raises(KeyboardInterrupt):
        adoption.adopt(clock.now())
    assert Event.objects.filter(contact_id=contact.pk).count() == 4
    settle()
    assert len(events_of(contact=contact.pk)) == 15
    assert not adoption.adopt(clock.now())
    assert not Visitor.objects.filter(adopt=True).exists()


def test_who_refuses_to_be_measured_has_no_past_either(site):
    contact, visit = make(), Visit()
    visit.view()
    Consent.objects.create(contact=contact, purpose="web_tracking", state="refused", at=clock.now())
    known(visit, contact)
    visit.view()
    assert events_of() == []
    assert not VisitorEvent.objects.exists()


def test_views_are_asked_for_by_pattern(site, api):
    contact, visit = make(), Visit()
    known(visit, contact)
    visit.view("/shoes/red_ones?size=40")
    arrive()
    patterns = {
        "https://shop.example/shoes/*": 1,
        "*red_ones*": 1,
        "https://shop.example/shoes": 0,
        "*red%*": 0,
    }
    for pattern, count in patterns.items():
        asked = {"event": "pages.viewed", "where": {"url": pattern}, "within": "1d"}
        answer = api.post("/api/v1/segments/count", {"filter": asked}).json()
        assert answer["count"] == count, pattern


def test_browsers_follow_a_merge_and_are_forgotten_with_the_person(site):
    loser, winner, visit = make(), make("yves@example.com"), Visit()
    known(visit, loser)
    merge(winner.pk, loser.pk, clock.now())
    assert everything(winner.pk)["tracking.visitors"]["visitors"][0]["visitor"] == visit.key
    visit.view()
    assert len(events_of(contact=winner.pk)) == 1
    erase(winner.pk, clock.now())
    assert not Visitor.objects.exists()
    # PRV-07: the old key does not bring the person back.
    visit.view()
    assert events_of(contact=winner.pk) == []
    assert Visitor.objects.get().contact_id is None


def test_strangers_are_forgotten_after_their_time(site):
    old, fresh = Visit(), Visit()
    old.view()
    arrive()
    Visitor.objects.update(last_at=clock.now() - timedelta(days=91))
    fresh.view()
    arrive()
    assert forgetting.forget(clock.now() - timedelta(days=90), clock.now()) == 1
    assert str(Visitor.objects.get().key) == fresh.key
    assert VisitorEvent.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM visitor_claim")
        assert cursor.fetchone() == (0,)
    assert not Claim.objects.exists()
