"""Find or do: names alone, whatever is slow left out, and what was looked at last named anew."""

from contextlib import closing

import psycopg2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from backoffice import palette
from contacts.models import Contact, ContactState, Tag
from emails.models import Email
from kernel import clock
from segments.models import Segment
from stages.models import Stage

pytestmark = pytest.mark.django_db


def find(client: Client, **asked: object) -> str:
    return client.get("/find", asked).content.decode()


def test_what_is_typed_asks_for_names_and_counts_nothing(client: Client, alice: User):
    client.force_login(alice)
    Email.objects.create(name="Autumn", subject="s", html="<p>x</p>")
    Segment.objects.create(name="Autumn")
    AuditEntry.objects.create(at=clock.now(), who="Autumn", kind="tags", verb="create")
    with CaptureQueriesContext(connection) as asked:
        page = find(client, q="autumn")
    assert page.count("Autumn") == 2
    statements = " ".join(one["sql"] for one in asked.captured_queries)
    for costly in ("delivery", "audit_entry"):
        assert costly not in statements


@pytest.mark.django_db(transaction=True)
def test_one_slow_finder_is_left_out_and_the_others_answer(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
):
    client.force_login(alice)
    Tag.objects.create(name="Golden")
    Stage.objects.create(name="Golden")
    monkeypatch.setattr(palette, "PATIENCE_MS", 60)
    settings = connection.settings_dict
    names = {"host": settings["HOST"], "user": settings["USER"], "dbname": settings["NAME"]}
    with closing(psycopg2.connect(**names)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE tag IN ACCESS EXCLUSIVE MODE")
        page = find(client, q="golden")
    assert "/stages/" in page
    assert "/settings/tags/" not in page
    assert "/settings/tags/" in find(client, q="golden")


def test_what_was_looked_at_last_is_named_by_who_may_see_it_now(
    client: Client, alice: User, dora: User
):
    hers = Contact.objects.create(first_name="Ada", owner=dora)
    other = Contact.objects.create(first_name="Zoe")
    for person in (hers, other):
        ContactState.objects.create(contact=person)
    stage = Stage.objects.create(name="Customer")
    addresses = [f"/contacts/{other.pk}", f"/stages/{stage.pk}", f"/contacts/{hers.pk}"]
    asked = {"q": "", "recent": [*addresses, "/nowhere", "/contacts/1x", "//evil.example"]}
    client.force_login(alice)
    page = find(client, **asked)
    places = [page.index(f'href="{address}"') for address in addresses]
    assert places == sorted(places)
    assert "Zoe" in page
    client.force_login(dora)
    page = find(client, **asked)
    assert "Ada" in page
    assert "Zoe" not in page
    Contact.objects.all().delete()
    assert "Ada" not in find(client, **asked)


def test_the_page_says_whose_browser_it_is_and_hands_it_no_names(client: Client, alice: User):
    client.force_login(alice)
    stage = Stage.objects.create(name="Customer")
    page = client.get(f"/stages/{stage.pk}").content.decode()
    assert f'data-user="{alice.pk}"' in page
    assert "data-remembered>" in page
