"""A filter that cannot be taken is refused with the exact place (checks SEC-08 to SEC-13)."""

import time

import pytest

from contacts.models import Contact, ContactState
from kernel import clock, events, filters
from tests.patience import end_slow_statements

pytestmark = pytest.mark.django_db
CITY = {"field": "city", "op": "is", "value": "Nice"}
HOSTILE = "1); SELECT pg_sleep(5)--"


def problems(tree):
    with pytest.raises(filters.FilterProblem) as refused:
        filters.check(tree)
    return [(error["field"], error["code"]) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("tree", "field", "code"),
    [
        ({}, "filter", "empty_group"),
        ([], "filter", "invalid"),
        ("all", "filter", "invalid"),
        ({"all": []}, "filter.all", "empty_group"),
        ({"all": [{}]}, "filter.all.0", "empty_group"),
        ({"all": CITY}, "filter.all", "invalid"),
        ({"all": [CITY], "any": [CITY]}, "filter.any", "unknown_field"),
        ({"all": [CITY, {"none": [CITY | {"x": 1}]}]}, "filter.all.1.none.0.x", "unknown_field"),
        ({"all": [CITY | {"_connector": "OR"}]}, "filter.all.0._connector", "unknown_field"),
        ({"any": [{"field": "city", "op": "is"}]}, "filter.any.0.value", "required"),
        ({"any": [{"field": "city", "value": "x"}]}, "filter.any.0.op", "required"),
        ({"any": [CITY | {"op": "eq"}]}, "filter.any.0.op", "invalid_operator"),
        ({"any": [CITY | {"value": ["a"]}]}, "filter.any.0.value", "invalid"),
        ({"any": [CITY | {"value": "a\0b"}]}, "filter.any.0.value", "invalid_text"),
        ({"any": [CITY | {"value": "a\ud800"}]}, "filter.any.0.value", "invalid_text"),
        ({"any": [CITY | {"op": "in", "value": []}]}, "filter.any.0.value", "required"),
        (
            {"any": [CITY | {"op": "in", "value": ["x"] * 10_001}]},
            "filter.any.0.value",
            "too_many",
        ),
        ({"any": [CITY | {"op": "in", "value": ["x", 5]}]}, "filter.any.0.value.1", "invalid"),
        ({"any": [CITY | {"op": "matches", "value": "("}]}, "filter.any.0.value", "invalid_regex"),
        (
            {"any": [CITY | {"op": "matches", "value": "x" * 201}]},
            "filter.any.0.value",
            "too_long",
        ),
        ({"field": "points", "op": "eq", "value": "NaN"}, "filter.value", "invalid"),
        ({"field": "points", "op": "eq", "value": "1e99"}, "filter.value", "out_of_range"),
        ({"field": "points", "op": "eq", "value": True}, "filter.value", "invalid"),
        ({"field": "points", "op": "between", "value": [3, 1]}, "filter.value", "invalid"),
        ({"field": "points", "op": "between", "value": [1, "x"]}, "filter.value.1", "invalid"),
        ({"field": "created_at", "op": "on", "value": "2026-13-01"}, "filter.value", "invalid"),
        (
            {"field": "created_at", "op": "before", "value": "2026-01-01T10:00"},
            "filter.value",
            "invalid",
        ),
        (
            {"field": "created_at", "op": "on", "value": {"days": "five"}},
            "filter.value.days",
            "invalid",
        ),
        (
            {"field": "created_at", "op": "on", "value": {"days": 10**9}},
            "filter.value.days",
            "out_of_range",
        ),
        ({"field": "created_at", "op": "within_last", "value": "5y"}, "filter.value", "invalid"),
        ({"field": "owner", "op": "is", "value": "nobody@x.fr"}, "filter.value", "unknown_owner"),
        ({"event": "nobody.knows"}, "filter.event", "unknown_event"),
        ({"event": 5}, "filter.event", "invalid"),
    ],
)
def test_the_answer_names_the_place(tree, field, code):
    assert (field, code) in problems(tree)


@pytest.mark.parametrize(
    "name",
    [
        *("password", "owner__password", "owner.password", "c.id", "attrs", "email_key", "id"),
        *("company.attrs", "company.", "country%", "COUNTRY", "соuntry", HOSTILE, "'", '"', ""),  # noqa: RUF001 - looks like another letter on purpose
    ],
)
def test_only_published_fields_can_be_asked(name):
    [(field, code)] = problems({"all": [{"field": name, "op": "is_not_empty"}]})
    assert field == "filter.all.0.field"
    assert code in {"unknown_field", "required"}


@pytest.mark.parametrize("name", [["country"], {"country": 1}, None, 5, True])
def test_a_field_is_named_by_a_text(name):
    assert problems({"field": name, "op": "is_not_empty"}) == [("filter.field", "invalid")]


def test_depth_and_number_of_conditions_have_a_limit():
    tree = CITY
    for _level in range(20):
        tree = {"all": [tree]}
    filters.check(tree)
    assert problems({"any": [tree]})[0][1] == "too_deep"
    deeper = CITY
    for _level in range(900):
        deeper = {"none": [deeper]}
    assert problems(deeper)[0][1] == "too_deep"
    filters.check({"any": [CITY] * 200})
    assert ("filter.any.200", "too_many") in problems({"any": [CITY] * 201})


def test_hostile_values_are_bound_at_every_depth():
    contact = Contact.objects.create(city=HOSTILE)
    ContactState.objects.create(contact=contact)
    tree = {"field": "city", "op": "is", "value": HOSTILE}
    for _level in range(19):
        tree = {
            "all": [tree, {"field": "city", "op": "not_in", "value": ["'; DROP TABLE x", "%s"]}]
        }
    filters.check(tree)
    end_slow_statements()
    began = time.thread_time()
    assert filters.matching(tree, [contact.pk], clock.now()) == {contact.pk}
    assert filters.count(tree, clock.now()).count == 1
    assert time.thread_time() - began < 2
    keys = {"all": [{HOSTILE: 1}, {"event": "x", "where": {HOSTILE: 1}}]}
    assert problems(keys)[0] == (f"filter.all.0.{HOSTILE}", "unknown_field")


def test_conditions_of_events_are_checked():
    events.type_id("shop.visited")
    visited = {"event": "shop.visited"}
    assert problems(visited | {"count": {"op": "gte", "value": -1}}) == [
        ("filter.count.value", "out_of_range")
    ]
    assert problems(visited | {"count": {"op": "is", "value": 1}}) == [
        ("filter.count.op", "invalid_operator")
    ]
    assert problems(visited | {"count": 3}) == [("filter.count", "invalid")]
    assert problems(visited | {"within": "30"}) == [("filter.within", "invalid")]
    assert problems(visited | {"within": "99999999d"}) == [("filter.within", "invalid")]
    assert problems(visited | {"where": []}) == [("filter.where", "invalid")]
    assert problems(visited | {"where": {"shop": {"a": 1}}})[0][0] == "filter.where.shop"


def test_every_problem_is_named_at_once():
    tree = {"all": [CITY | {"op": "x"}, {"any": []}, {"field": "nothing", "op": "is"}]}
    assert [field for field, _code in problems(tree)] == [
        "filter.all.0.op",
        "filter.all.1.any",
        "filter.all.2.field",
    ]
