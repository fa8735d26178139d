"""Two contacts become one; one contact becomes nobody. Every app's tables take part."""

import pytest

from contacts.models import Contact, DoNotContact, Field, Identifier, Merge, Suppression
from contacts.services.consent import Proof, close, give
from contacts.services.erase import erase, everything
from contacts.services.merge import Gone, merge, survivor
from contacts.services.suppression import suppressed_by_hash
from contacts.services.tags import change_tags
from kernel import clock, events, invariants
from kernel.contactdata import contact_data
from kernel.events import Fact
from tests.contacts.merging import COLUMNS, people, rows
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_every_table_that_names_contacts_says_how_it_merges_and_forgets():
    registered = {table for kind in contact_data for table in kind.tables}
    assert {name for name, _column, _is_array in rows(COLUMNS)} - registered == set()


def test_the_winner_keeps_its_values_and_gets_what_it_lacked():
    Field.objects.create(alias="spent", type="number", label="Spent", decimals=2)
    Field.objects.create(alias="number", type="text", label="Number", unique=True)
    now = clock.now()
    ana, dup = people(
        {"email": "ana@x.example", "city": "Lyon"},
        {"email": "dup@x.example", "city": "Nice", "spent": "1.5", "number": "N1"},
    )
    change_tags([dup], ["vip"], [], now)
    close([dup], "sms", "unsubscribed", "", now)
    give([dup], Proof("profiling", "granted", "form:1", now), now)
    merge(ana, dup, now)
    settle()
    winner = Contact.objects.get()
    assert (winner.pk, winner.city, winner.email) == (ana, "Lyon", "ana@x.example")
    assert winner.attrs["number"] == "N1"
    assert set(Identifier.objects.values_list("kind", "contact_id")) == {
        ("email", ana),
        ("number", ana),
    }
    assert DoNotContact.objects.get().contact_id == ana
    assert survivor(dup) == ana
    assert rows("SELECT DISTINCT contact_id FROM event") == [(ana,)]
    assert rows("SELECT count(*) FROM contact_tag WHERE contact_id = %s", ana) == [(1,)]
    assert invariants.broken() == []


def test_merged_ids_follow_the_last_winner():
    first, second, third = people(*[{"email": f"{n}@x.example"} for n in range(3)])
    merge(second, first, clock.now())
    merge(third, second, clock.now())
    assert survivor(first) == survivor(second) == third
    with pytest.raises(Gone):
        merge(third, second, clock.now())
    with pytest.raises(Gone):
        merge(third, third, clock.now())


def test_handing_over_again_changes_nothing():
    ana, dup = people({"email": "ana@x.example"}, {"email": "dup@x.example", "mobile": "0612"})
    now = clock.now()
    for contact in (ana, dup):
        events.record("orders.placed", [Fact(contact, now, data={"order": "7"})], now=now)
        change_tags([contact], ["vip"], [], now)
        give([contact], Proof("profiling", "granted", "form:1", now), now)
    merge(ana, dup, now)
    settle()
    before = all_tables()
    for kind in contact_data:
        kind().merge_many([(ana, dup)], now)
        settle()
        assert all_tables() == before, kind.key
    assert invariants.broken() == []


def all_tables():
    tables = rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {
        name: sorted(text for (text,) in rows(f'SELECT t::text FROM "{name}" t'))
        for (name,) in tables
        if not name.startswith(("job", "django"))
    }


def test_prv_07_after_erasing_nothing_names_the_person():
    Field.objects.create(alias="secret", type="text", label="Secret")
    now = clock.now()
    ana, bo = people(
        {"email": "ana.unique@x.example", "last_name": "Zanzibari", "secret": "Quetzalcoatl"},
        {"email": "bo@x.example"},
    )
    change_tags([ana], ["vip"], [], now)
    give([ana], Proof("email_marketing", "granted", "form:1", now, ip="203.0.113.77"), now)
    order = {"order": "Quetzalcoatl-1", "amount": "12.50", "currency": "EUR"}
    events.record("orders.placed", [Fact(ana, now, data=order)], now=now)
    before = rows("SELECT count(*), count(DISTINCT contact_id) FROM event")
    assert everything(ana)["contacts.own"]["contact"]["secret"] == "Quetzalcoatl"
    assert erase(ana, now)
    assert not erase(ana, now)
    settle()
    assert rows("SELECT count(*), count(DISTINCT contact_id) FROM event") == before
    assert rows("SELECT data FROM event WHERE data ? 'amount'")[0][0] == (
        '{"amount": "12.50", "currency": "EUR"}'
    )
    for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for word in ("ana.unique", "Zanzibari", "Quetzalcoatl", "203.0.113.77"):
            found = rows(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', f"%{word}%")
            assert found == [(0,)], (table, word)
    assert Contact.objects.get().pk == bo
    assert rows("SELECT contact_id FROM erasure") == [(ana,)]
    assert invariants.broken() == []


def test_prv_05_a_closed_address_stays_closed_when_its_person_is_erased_and_comes_back():
    (ana,) = people({"email": "Ana@x.example"})
    close([ana], "email", "unsubscribed", "", clock.now())
    erase(ana, clock.now())
    assert not Suppression.objects.filter(value__icontains="ana").exists()
    again, bo = people({"email": "ana@X.example"}, {"email": "bo@x.example"})
    assert suppressed_by_hash([again, bo]) == [again]
    assert Merge.objects.count() == 0
