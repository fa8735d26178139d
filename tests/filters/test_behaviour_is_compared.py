"""What events hold is compared and added up, as the contract of filters says."""

import pytest

from kernel.events import MACHINE
from tests.filters.asking import BOUGHT, OWN, VIEWED, happen, meant, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("op", "value", "is_met"),
    [
        ("is", "HTTPS://Example.com/Prices/100%_off", True),
        ("is", "https://example.com/*", False),
        ("is_not", "https://example.com/prices/100%_off", False),
        ("in", ["x", "https://EXAMPLE.com/prices/100%_off"], True),
        ("not_in", ["x", "y"], True),
        ("contains", "/PRICES", True),
        ("contains", "0%_o", True),
        ("contains", "0_%o", False),
        ("not_contains", "/prices", False),
        ("starts_with", "https://ex", True),
        ("not_starts_with", "http://", True),
        ("ends_with", "_OFF", True),
        ("not_ends_with", "_off", False),
        ("matches", r"/prices/\d+%", True),
        ("matches", r"/PRICES", False),
        ("not_matches", r"^ftp", True),
        ("is_empty", None, False),
        ("is_not_empty", None, True),
    ],
)
def test_texts_of_events_are_compared(op, value, is_met):
    ann, bob = person("ann@example.com"), person("bob@example.com")
    happen(ann, VIEWED, url="https://example.com/prices/100%_off")
    wanted = {"op": op} if value is None else {"op": op, "value": value}
    tree = {"event": VIEWED, "where": {"url": wanted}}
    assert meant(tree, ann, bob) == ({ann} if is_met else set())


def test_a_plain_value_means_what_it_always_did():
    ann = person("ann@example.com")
    happen(ann, VIEWED, url="https://example.com/prices", host="example.com", title="Prices")
    for where, is_met in (
        ({"url": "*/prices"}, True),
        ({"url": "HTTPS://example.com/prices"}, False),
        ({"host": ["example.org", "example.com"]}, True),
        ({"host": "Example.com"}, False),
        ({"title": "Prices", "path": "/prices"}, False),
    ):
        assert bool(meant({"event": VIEWED, "where": where}, ann)) == is_met, where


@pytest.mark.parametrize("key", [VIEWED, "pages.stayed", "emails.clicked", "sms.clicked"])
def test_a_star_in_an_address_stands_for_anything_in_every_event(key):
    ann = person("ann@example.com")
    happen(ann, key, url="https://example.com/100%_off/prices")
    for url, is_met in (
        ("https://example.com/*", True),
        ("*", True),
        ("*100%_off*", True),
        ("*100_%off*", False),
        (["x", "*/prices"], True),
        ("https://example.org/*", False),
    ):
        assert bool(meant({"event": key, "where": {"url": url}}, ann)) == is_met, url


def test_who_lacks_the_value_is_meant_by_a_negation_alone():
    ann, bob = person("ann@example.com"), person("bob@example.com")
    happen(ann, VIEWED, url="https://example.com/")
    for op, value in (("not_contains", "summer"), ("is_not", "summer"), ("not_matches", "summer")):
        tree = {"event": VIEWED, "where": {"utm_campaign": {"op": op, "value": value}}}
        assert meant(tree, ann, bob) == {ann}
        plain = {"op": op.removeprefix("not_").removesuffix("_not"), "value": value}
        assert meant({"event": VIEWED, "where": {"utm_campaign": plain}}, ann, bob) == set()


def test_numbers_are_compared_exactly_whether_kept_as_numbers_or_texts():
    ann, bob, eve = (person(f"{name}@example.com") for name in ("ann", "bob", "eve"))
    happen(ann, BOUGHT, order="1", amount="99.90", currency="EUR")
    happen(bob, BOUGHT, order="2", amount="100.00", currency="EUR")
    happen(eve, OWN, amount=100)
    happen(eve, OWN, amount="a lot")
    people = (ann, bob, eve)

    def asked(event, op, value):
        return meant({"event": event, "where": {"amount": {"op": op, "value": value}}}, *people)

    assert asked(BOUGHT, "gte", 100) == {bob}
    assert asked(BOUGHT, "lt", "100") == {ann}
    assert asked(BOUGHT, "eq", 99.9) == {ann}
    assert asked(BOUGHT, "ne", 99.9) == {bob}
    assert asked(BOUGHT, "between", [99.9, 100]) == {ann, bob}
    assert asked(OWN, "gt", 99) == {eve}
    assert meant({"event": BOUGHT, "where": {"amount": [99.90, "5"]}}, *people) == {ann}
    never = {"event": OWN, "where": {"amount": {"op": "lt", "value": 100}}}
    assert meant({**never, "count": {"op": "eq", "value": 0}}, *people) == {ann, bob, eve}


def test_numbers_add_up_and_nothing_is_0():
    ann, bob, eve = (person(f"{name}@example.com") for name in ("ann", "bob", "eve"))
    for days, amount in ((1, "60.10"), (2, "39.90"), (50, "500")):
        happen(ann, BOUGHT, days, order="1", amount=amount, currency="EUR")
    happen(bob, BOUGHT, 1, order="2", amount="1000", currency="USD")
    happen(bob, BOUGHT, 1, MACHINE, order="2", amount="1000", currency="EUR")
    people = (ann, bob, eve)

    def total(op, value, **more):
        tree = {"event": BOUGHT, "total": {"of": "amount", "op": op, "value": value}}
        return meant({**tree, "where": {"currency": "EUR"}, **more}, *people)

    assert total("eq", 100, within="30d") == {ann}
    assert total("gte", 100.01, within="30d") == set()
    assert total("between", [600, 600]) == {ann}
    assert total("lt", 1) == {bob, eve}
    assert total("ne", 600) == {bob, eve}
    assert total("between", [0, 5]) == {bob, eve}
