"""Consents, topics, closed channels, bounces and suppression as fields of a filter."""

import pytest

from contacts.models import Topic
from contacts.services import consent
from contacts.services.consent import Proof
from contacts.services.merge import merge
from kernel import clock, filters
from segments.models import Member, Segment
from segments.services import editing
from tests.filters.asking import LISTED, person
from tests.settle import settle

pytestmark = pytest.mark.django_db
GRANTED = {"field": "consent.email_marketing", "op": "is", "value": "granted"}
DAY, DAY_AFTER = "2031-01-01", "2031-01-02"
SUPPRESSIONS = "/api/v1/suppressions"


def grants(contact, state="granted", topic=0):
    now = clock.now()
    consent.give([contact], Proof("email_marketing", state, "test", now, topic=topic), now)


def segment(tree):
    made = editing.create({"name": "S", "filter": tree}, now=clock.now())
    settle()
    return made.pk


def members(number):
    return set(Member.objects.filter(segment_id=number).values_list("contact_id", flat=True))


def wrong(api, tree):
    answer = api.post("/api/v1/segments/count", {"filter": tree})
    assert answer.status_code == 400, tree
    [problem] = answer.json()["errors"]
    return problem["field"], problem["code"]


def test_a_word_said_moves_its_person_at_once():
    ann, number = person("ann@example.com"), segment(GRANTED)
    assert members(number) == set()
    grants(ann)
    settle()
    assert members(number) == {ann}
    grants(ann, "refused")
    settle()
    assert members(number) == set()


def test_whoever_was_never_asked_is_neither_granted_nor_refused():
    ann, bob = person("ann@example.com"), person("bob@example.com")
    grants(ann, "refused")
    now = clock.now()
    unasked = {"field": "consent.email_marketing", "op": "is_empty"}
    not_granted = {**GRANTED, "op": "is_not"}
    assert filters.matching(unasked, [ann, bob], now) == {bob}
    assert filters.matching(not_granted, [ann, bob], now) == {ann, bob}
    assert filters.matching({**not_granted, "with_value": True}, [ann, bob], now) == {ann}


def test_an_entry_of_the_suppression_list_moves_its_people(api):
    ann, bob = person("Ann@Example.com"), person("bob@example.org")
    eve = person("eve@example.net")
    number = segment(LISTED)
    entries = [
        ({"value": "ann@example.com"}, {ann}),
        ({"kind": "domain", "value": "example.org"}, {ann, bob}),
        ({"kind": "hash", "value": "eve@example.net"}, {ann, bob, eve}),
    ]
    ids = []
    for body, inside in entries:
        ids.append(api.post(SUPPRESSIONS, body).json()["id"])
        settle()
        assert members(number) == inside, body
    nobody = person(None)
    assert filters.matching({**LISTED, "value": False}, [ann, nobody], clock.now()) == {nobody}
    for entry, inside in zip(ids, ({bob, eve}, {eve}, set()), strict=True):
        api.delete(f"{SUPPRESSIONS}/{entry}")
        settle()
        assert members(number) == inside


def test_a_domain_holds_for_what_is_below_it_unless_said_otherwise(api):
    ann, bob = person("ann@mail.example.org"), person("bob@example.org")
    eve = person("eve@mail.example.net")
    number = segment(LISTED)
    wide = api.post(SUPPRESSIONS, {"kind": "domain", "value": "example.org"}).json()
    alone = {"kind": "domain", "value": "example.net", "below": False}
    narrow = api.post(SUPPRESSIONS, alone).json()
    assert (wide["below"], narrow["below"]) == (True, False)
    assert api.post(SUPPRESSIONS, {"value": "a@example.com"}).json()["below"] is False
    settle()
    assert members(number) == {ann, bob}
    assert filters.matching(LISTED, [ann, bob, eve], clock.now()) == {ann, bob}
    bulk = {"entries": [{"kind": "domain", "value": "mail.example.net"}]}
    assert api.post(f"{SUPPRESSIONS}/bulk", bulk).json()["added"] == 1
    settle()
    assert members(number) == {ann, bob, eve}
    api.delete(f"{SUPPRESSIONS}/{wide['id']}")
    settle()
    assert members(number) == {eve}


def test_a_wish_moves_its_person_and_so_does_the_end_of_a_pause():
    ann, bob = person("ann@example.com"), person("bob@example.com")
    quiet = {"field": "wishes.email", "op": "has_any", "value": ["quiet_hours", "pause"]}
    number, paused = segment(quiet), segment({"field": "pause.email", "op": "after", "value": DAY})
    consent.wish(ann, "email", {"most": 2, "per": "week"})
    consent.wish(bob, "email", {"pause_until": DAY_AFTER})
    settle()
    assert (members(number), members(paused)) == ({bob}, {bob})
    now = clock.now()
    for op, value, found in (
        ("has_all", ["frequency"], {ann}), ("has_none", ["frequency"], {bob}),
        ("is_not_empty", None, {ann, bob}), ("is_empty", None, set()),
    ):  # fmt: skip
        asked = {"field": "wishes.email", "op": op, "value": value}
        tree = {key: one for key, one in asked.items() if one is not None}
        assert filters.matching(tree, [ann, bob], now) == found, op
    assert filters.sentence(quiet) == "Wishes for emails: any of quiet hours, a pause"
    consent.wish(bob, "email", {})
    settle()
    assert (members(number), members(paused)) == (set(), set())


def test_a_merge_takes_the_word_of_the_other_along():
    ann, bob = person("ann@example.com"), person("bob@example.com")
    grants(bob)
    number = segment(GRANTED)
    assert members(number) == {bob}
    merge(ann, bob, clock.now())
    settle()
    assert members(number) == {ann}


def test_a_topic_that_a_filter_names_is_not_deleted(api):
    topic = Topic.objects.create(name="News")
    ann = person("ann@example.com")
    grants(ann, topic=topic.pk)
    number = segment({"field": f"topic.{topic.pk}", "op": "is", "value": "granted"})
    assert members(number) == {ann}
    assert api.delete(f"/api/v1/topics/{topic.pk}").status_code == 409
    gone = topic.pk
    topic.delete()
    assert filters.sentence(Segment.objects.get(pk=number).filter) == (
        f"Topic “#{gone}” is granted"
    )


def test_what_nobody_can_answer_is_refused_with_its_place(api):
    assert wrong(api, {**GRANTED, "value": "maybe"}) == ("filter.value", "invalid_choice")
    reasons = {"field": "do_not_contact.email", "op": "has_any", "value": ["manual", "hunger"]}
    assert wrong(api, reasons) == ("filter.value.1", "invalid_choice")
    assert wrong(api, {**GRANTED, "op": "contains"}) == ("filter.op", "invalid_operator")
    assert wrong(api, {**LISTED, "value": "yes"}) == ("filter.value", "invalid")
    for name in ("topic.999999", "topic.x", "consent.nothing", "do_not_contact.post"):
        assert wrong(api, {"field": name, "op": "is_empty"}) == ("filter.field", "unknown_field")
