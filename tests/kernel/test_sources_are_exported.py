"""Sources: what a user may see, as CSV that no spreadsheet runs (SEC-62)."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Contact
from contacts.services.upsert import upsert
from kernel import clock
from kernel.exports import write_csv
from kernel.sources import sources

pytestmark = pytest.mark.django_db


def exported(key, user):
    out, now = io.StringIO(), clock.now()
    count = write_csv(sources.get(key)(), user, now - timedelta(days=1), now, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert len(rows) == count
    return rows


def test_contacts_come_with_every_field_and_formulas_are_text(alice):
    rows = [{"email": "zoe@example.org", "first_name": "=1+1", "company": "Brévent"}]
    upsert(rows, now=clock.now())
    [row] = exported("contacts.contacts", alice)
    assert (row["email"], row["first_name"], row["company"]) == (
        "zoe@example.org",
        "'=1+1",
        "Brévent",
    )


def test_the_log_tells_what_happened(alice):
    upsert([{"email": "zoe@example.org"}], now=clock.now())
    rows = exported("tracking.events", alice)
    assert [row["type"] for row in rows] == ["contacts.created"]
    assert rows[0]["contact"] == str(Contact.objects.get().pk)


def test_whoever_may_not_export_gets_the_header_alone(charlie):
    upsert([{"email": "zoe@example.org"}], now=clock.now())
    assert exported("contacts.contacts", charlie) == []
    assert exported("tracking.events", charlie) == []


def test_an_unknown_source_is_answered_with_the_known_ones(alice):
    with pytest.raises(CommandError, match=r"contacts\.contacts"):
        call_command("export", "nonsense", email=alice.email)
