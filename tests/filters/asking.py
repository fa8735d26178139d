"""People of an address, what happened to them, and whom a condition means."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from contacts.models import Contact, ContactState
from kernel import events, filters
from kernel.events import Fact

LISTED = {"field": "suppressed", "op": "is", "value": True}
NOW = datetime(2031, 6, 15, 12, tzinfo=UTC)
VIEWED, BOUGHT, OWN = "pages.viewed", "orders.placed", "shop.visited"


def person(email):
    contact = Contact.objects.create(email=email)
    ContactState.objects.create(contact=contact)
    return contact.pk


def happen(contact, key, days=0, verdict=None, **data):
    at = NOW - timedelta(days=days)
    events.record(key, [Fact(contact, at, data=data, verdict=verdict)], now=at)


def meant(tree, *people):
    """Return whom a condition means; the form for everybody must agree."""
    filters.check(tree)
    few = filters.matching(tree, people, NOW)
    found = filters.compile(tree, now=NOW, mode="set")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.id FROM contact c {found.joins} WHERE {found.sql}", found.params)
        assert {row[0] for row in cursor.fetchall()} & set(people) == few
    return few
