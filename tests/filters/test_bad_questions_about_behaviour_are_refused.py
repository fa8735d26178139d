"""A condition on behaviour that cannot be taken is refused over REST with the exact place."""

import pytest

from kernel import events

pytestmark = pytest.mark.django_db
VIEWED, BOUGHT, OWN = "pages.viewed", "orders.placed", "shop.visited"


def where(key, **comparison):
    return {"event": VIEWED, "where": {key: comparison}}


def total(**said):
    return {"event": BOUGHT, "total": {"of": "amount", "op": "gte", "value": 1} | said}


@pytest.mark.parametrize(
    ("tree", "field", "code"),
    [
        (where("url", op="gt", value=5), "where.url.op", "invalid_operator"),
        (where("url", op="1); --", value="x"), "where.url.op", "invalid_operator"),
        (where("url", op=["is"], value="x"), "where.url.op", "invalid_operator"),
        (where("url", op="contains"), "where.url.value", "required"),
        (where("url", op="contains", value=""), "where.url.value", "required"),
        (where("url", op="contains", value=["x"]), "where.url.value", "invalid"),
        (where("url", op="contains", value="a\0b"), "where.url.value", "invalid_text"),
        (where("url", op="in", value=[]), "where.url.value", "required"),
        (where("url", op="in", value=["x", 5]), "where.url.value.1", "invalid"),
        (where("url", op="matches", value="("), "where.url.value", "invalid_regex"),
        (where("url", op="matches", value="x" * 201), "where.url.value", "too_long"),
        (where("url", op="is_empty", value="x"), "where.url.value", "invalid"),
        (where("url", value="x"), "where.url", "invalid"),
        (where("url", op="is", value="x", more=1), "where.url", "invalid"),
        (where("nothing", op="is", value="x"), "where.nothing", "unknown_field"),
        ({"event": BOUGHT, "where": {"amount": "much"}}, "where.amount", "invalid"),
        (
            {"event": BOUGHT, "where": {"amount": {"op": "contains", "value": "1"}}},
            "where.amount.op",
            "invalid_operator",
        ),
        (
            {"event": BOUGHT, "where": {"amount": {"op": "gt", "value": "NaN"}}},
            "where.amount.value",
            "invalid",
        ),
        (
            {"event": OWN, "where": {"x": {"op": "between", "value": [2, 1]}}},
            "where.x.value",
            "invalid",
        ),
        (
            {"event": "emails.opened", "where": {"email": {"op": "is", "value": 1}}},
            "where.email",
            "invalid",
        ),
        (total(of="order"), "total.of", "unknown_field"),
        (total(of=5), "total.of", "invalid"),
        (total(op="is"), "total.op", "invalid_operator"),
        (total(value=None), "total.value", "required"),
        (total(value="x"), "total.value", "invalid"),
        (total(op="between", value=[1]), "total.value", "invalid"),
        (total(than=5), "total.than", "unknown_field"),
        (total() | {"count": {"op": "gte", "value": 1}}, "total", "invalid"),
        ({"event": BOUGHT, "total": 5}, "total", "invalid"),
        ({"event": BOUGHT, "after": "2031-02-30"}, "after", "invalid"),
        ({"event": BOUGHT, "after": "2031-02-03T10:00"}, "after", "invalid"),
        ({"event": BOUGHT, "before": {"days": "x"}}, "before.days", "invalid"),
        ({"event": BOUGHT, "before": {"days": 10**9}}, "before.days", "out_of_range"),
        (
            {"event": BOUGHT, "after": "2031-02-02", "before": "2031-02-03"},
            "before",
            "out_of_range",
        ),
        ({"event": BOUGHT, "which": "third", "within": "1d"}, "which", "invalid_choice"),
        ({"event": BOUGHT, "which": "first"}, "which", "required"),
        ({"event": OWN, "which": "first", "within": "1d"}, "which", "invalid"),
        (total() | {"which": "first", "within": "1d"}, "which", "invalid"),
        (where("url", op="is", value="x") | {"which": "last", "within": "1d"}, "which", "invalid"),
    ],
)
def test_the_answer_names_the_place(api, tree, field, code):
    events.type_id(OWN)
    answer = api.post("/api/v1/segments/count", {"filter": {"all": [tree]}})
    assert answer.status_code == 400, answer.content
    found = [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert found == [(f"filter.all.0.{field}", code)]


def test_what_is_asked_is_said_and_offered(api):
    tree = {
        "event": BOUGHT,
        "where": {"currency": "EUR", "order": {"op": "starts_with", "value": "A-"}},
        "total": {"of": "amount", "op": "between", "value": [10, 20]},
        "after": "this_year",
        "before": {"days": -3},
    }
    said = api.post("/api/v1/filters/describe", {"filter": tree}).json()["sentence"]
    assert said == (
        "Placed an order where currency is “EUR” and order starts with “A-”"
        " (amount in total is between 10 and 20) after this year before 3 days ago"
    )
    catalogue = api.get("/api/v1/filters/catalogue").json()
    [bought] = [one for one in catalogue["subjects"] if one["key"] == BOUGHT]
    assert {asked["name"]: asked["input"] for asked in bought["where"]} == {
        "order": "text",
        "currency": "text",
        "amount": "number",
    }
    assert bought["dated"]
    offered = {one["op"] for one in catalogue["operators"]["event_text"]}
    assert offered >= {"is", "not_in", "contains", "not_matches", "is_empty"}
