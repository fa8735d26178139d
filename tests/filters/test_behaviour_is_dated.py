"""When events happened is asked by days and shifts, and of the first and the last of all."""

from datetime import timedelta

import pytest

from kernel import events, filters
from kernel.models import ContactActivity
from tests.filters.asking import NOW, OWN, happen, meant, person

pytestmark = pytest.mark.django_db


def test_a_period_begins_and_ends_where_dates_do():
    ann = person("ann@example.com")
    happen(ann, OWN, days=10, shop="Nice")

    def asked(**period):
        return bool(meant({"event": OWN, **period}, ann))

    assert asked(after="2031-06-04", before="2031-06-06")
    assert not asked(after="2031-06-05")
    assert not asked(before="2031-06-05")
    assert asked(after="2031-06-05T11:59:59Z", before="2031-06-05T12:00:01Z")
    assert not asked(after="2031-06-05T12:00:00Z")
    assert asked(after={"days": -11})
    assert not asked(after={"days": -10})
    assert asked(after="last_month")
    assert not asked(before="this_month")
    assert asked(before={"days": -9}, within="30d")
    assert not asked(before={"days": -9}, within="9d")
    assert bool(
        meant({"event": OWN, "before": "this_year", "count": {"op": "eq", "value": 0}}, ann)
    )


def test_the_first_and_the_last_of_all_are_dated():
    ann, bob = person("ann@example.com"), person("bob@example.com")
    opened = events.type_id("emails.opened")
    first, last = NOW - timedelta(days=900), NOW - timedelta(days=200)
    ContactActivity.objects.create(
        contact_id=ann, type_id=opened, count=2, first_at=first, last_at=last
    )
    tree = {"event": "emails.opened", "which": "last", "before": {"months": -6}}
    assert meant(tree, ann, bob) == {ann}
    assert meant(tree | {"before": {"months": -7}}, ann, bob) == set()
    assert meant(tree | {"which": "first", "before": "this_year"}, ann, bob) == {ann}
    assert filters.sentence(tree) == "Email opened most recently before 6 months ago"
