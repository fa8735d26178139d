"""PRV-11: what is kept stays kept: by age, through merges, in ranks, and what stood before."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Consent, Contact, ContactState, Restriction
from contacts.services import restricting
from contacts.services.consent import Proof, give
from contacts.services.merge import merge
from contacts.services.restricting import Said
from emails.models import CapturedMail, Delivery
from emails.services import preparing
from kernel import clock, invariants, preferences, retaining, retention
from points.models import RankDifference
from points.services import ranking, when
from segments.models import Member
from tests.contacts.merging import people
from tests.emails.people import NOW, begin, make_contacts
from tests.settle import settle
from tracking.services import hits

pytestmark = pytest.mark.django_db
SAID = Said("user:1", "on the phone")
KEPT = import_module("contacts.migrations.0019_restrictions")


@pytest.fixture
def pair() -> list[int]:
    return people({"email": "a@x.example"}, {"email": "b@x.example"})


def test_prv_11_age_erases_nobody_who_is_restricted(pair):
    restricting.restrict(pair[:1], "claims", SAID, clock.now())
    then = clock.now() - timedelta(days=400)
    Contact.objects.update(created_at=then, updated_at=then)
    preferences.put(retention.SETTING, {"contacts.inactive": 365})
    for kind in (retaining.DRY, retaining.KIND):
        retaining.begin(kind, clock.now(), None)
        settle()
    assert [retaining.last("contacts.inactive", dry=dry).rows for dry in (True, False)] == [1, 1]
    assert list(Contact.objects.values_list("pk", flat=True)) == pair[:1]


def test_prv_11_of_two_restrictions_the_older_stays_whole(pair):
    now = clock.now()
    restricting.restrict(pair[:1], "accuracy", SAID, now)
    older = Said("user:2", "Court")
    restricting.restrict(pair[1:], "claims", older, now - timedelta(days=9))
    merge(pair[0], pair[1], now)
    row = Restriction.objects.get()
    assert (row.ground, row.comment, row.source) == ("claims", "Court", "user:2")
    assert row.at == now - timedelta(days=9)


@pytest.mark.parametrize("winner", [0, 1])
def test_prv_11_a_merge_keeps_the_refusal_of_profiling(pair, winner):
    now = clock.now()
    restricting.object_to_profiling(pair[:1], SAID, now - timedelta(days=2))
    give(pair[1:], Proof("profiling", "granted", "form:1", now), now)
    merge(pair[winner], pair[1 - winner], now)
    assert Consent.objects.get().state == "refused"
    assert Contact.objects.get().withheld == 1
    assert invariants.broken() == []


def test_prv_11_a_rank_ends_with_the_objection(client: Client, alice: User, pair):
    run = when.begin(clock.now(), None)
    settle()
    assert run is not None
    states = ContactState.objects.order_by("pk")
    states.update(activity_rank=7)
    RankDifference.objects.create(contact_id=pair[0], rank=9)
    restricting.object_to_profiling(pair[:1], SAID, clock.now())
    # What was measured before is not written after.
    ranking.write(when.last())
    assert list(states.values_list("activity_rank", flat=True)) == [None, 7]
    restricting.restrict(pair[:1], "claims", SAID, clock.now())
    merge(pair[0], pair[1], clock.now())
    assert ContactState.objects.get().activity_rank is None
    client.force_login(alice)
    Contact.objects.update(created_at=clock.now() + timedelta(minutes=5))
    card = client.get(f"/contacts/{pair[0]}").content.decode()
    assert "No rank" in card
    assert "measured for the first time" not in card


def test_prv_11_what_was_queued_before_does_not_go_out():
    held, free = make_contacts(2)
    run = begin([held, free])
    while preparing.work(NOW):
        pass
    restricting.restrict([held.pk], "claims", SAID, NOW)
    settle(NOW)
    told = dict(Delivery.objects.filter(run_id=run.pk).values_list("contact_id", "reason"))
    assert told == {held.pk: "restricted", free.pk: None}
    assert CapturedMail.objects.count() == 1


def test_prv_11_hits_of_the_restricted_are_not_measured(pair):
    preferences.put("tracking.measure_unasked", True)
    restricting.restrict(pair[:1], "claims", SAID, clock.now())
    assert hits.willing_ones(pair) == {pair[1]}


def test_prv_11_refusals_from_before_hold_at_once(monkeypatch, pair):
    restricting.object_to_profiling(pair, SAID, clock.now())
    (willing,) = people({"email": "c@x.example"})
    give([willing], Proof("profiling", "granted", "form:1", clock.now()), clock.now())
    Contact.objects.update(withheld=None)
    ContactState.objects.update(activity_rank=5)
    monkeypatch.setattr(KEPT, "SLICE", 1)
    with connection.schema_editor(atomic=False) as editor:
        KEPT.withhold(apps, editor)
    assert dict(Contact.objects.values_list("pk", "withheld")) == {
        **dict.fromkeys(pair, 1),
        willing: None,
    }
    ranks = dict(ContactState.objects.values_list("contact_id", "activity_rank"))
    assert ranks == {**dict.fromkeys(pair), willing: 5}


def test_prv_11_words_that_cannot_be_kept_are_typed_again(client: Client, alice: User, pair):
    client.force_login(alice)
    body = {"act": "restrict", "seen": "-", "ground": "claims", "comment": "Court\x01"}
    at = f"/contacts/{pair[0]}"
    for place, sent in (("restriction", body), ("objection", {**body, "to": "profiling"})):
        answer = client.post(f"{at}/{place}", sent)
        assert answer.status_code == 422
        assert 'name="ground" value="claims"' in answer.content.decode()
    assert not Restriction.objects.exists()
    assert not Consent.objects.exists()
    again = client.post(f"{at}/restriction", {**body, "comment": "Court"})
    assert again.status_code == 302
    assert Restriction.objects.get().comment == "Court"


def test_prv_11_who_is_left_out_reads_why(client: Client, alice: User, pair):
    alice.language = "fr"
    alice.save()
    client.force_login(alice)
    restricting.restrict(pair[:1], "claims", SAID, clock.now())
    restricting.object_to_profiling(pair[1:], SAID, clock.now())
    for one, action, sent, why in (
        (pair[0], "tags", {"add": "vip"}, "1 laissé de côté : le traitement est limité"),
        (
            pair[1],
            "points",
            {"delta": "5"},
            "1 laissé de côté : la personne s\u2019oppose au profilage",
        ),
    ):
        client.post(f"/contacts/bulk/{action}", {"ids": str(one), "confirmed": "yes", **sent})
        news = list(client.get("/contacts").context["messages"])[-1]
        assert str(news).replace("\u202f", " ") == why


def test_prv_11_no_hand_keeps_them_in_a_segment_that_follows_a_filter(api: APIClient):
    by_filter, by_hand = (
        api.post("/api/v1/segments", body, format="json").json()["id"]
        for body in (
            {"name": "Lyon", "filter": {"field": "city", "op": "is", "value": "Lyon"}},
            {"name": "Chosen"},
        )
    )
    first, second = people({"email": "a@x.example"}, {"email": "b@x.example"})
    settle()

    def add(*contacts: int) -> list[list[int]]:
        body = {"add": [str(one) for one in contacts]}
        rows = []
        for number in (by_filter, by_hand):
            api.post(f"/api/v1/segments/{number}/contacts", body, format="json")
            members = Member.objects.filter(segment_id=number).order_by("contact_id")
            rows.append(list(members.values_list("contact_id", flat=True)))
        return rows

    assert add(first) == [[first], [first]]
    for one in (first, second):
        body = {"ground": "accuracy"}
        assert (
            api.put(f"/api/v1/contacts/{one}/restriction", body, format="json").status_code == 200
        )
    settle()
    assert add(second) == [[], [first, second]]
    assert api.get(f"/api/v1/segments/{by_filter}").json()["member_count"] == 0
    assert invariants.broken() == []


def test_prv_11_who_was_put_in_by_hand_before_an_upgrade_leaves(api: APIClient):
    tree = {"field": "city", "op": "is", "value": "Lyon"}
    number = api.post("/api/v1/segments", {"name": "Lyon", "filter": tree}).json()["id"]
    held, free = people({"email": "a@x.example"}, {"email": "b@x.example"})
    assert api.put(f"/api/v1/contacts/{held}/restriction", {"ground": "other"}).status_code == 200
    settle()
    # As older versions let them be.
    Member.objects.bulk_create(
        Member(segment_id=number, contact_id=one, manual=Member.Origin.ADDED, added_at=NOW)
        for one in (held, free)
    )
    settle()
    assert Member.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute(import_module("contacts.migrations.0030_withheld_are_told").TELL)
    settle()
    assert list(Member.objects.values_list("contact_id", flat=True)) == [free]
