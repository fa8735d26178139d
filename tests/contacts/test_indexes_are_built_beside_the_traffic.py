"""Indexed fields: built concurrently by a job, on the very expression that filters compare."""

import pytest
from django.db import connection

from contacts.models import Field
from contacts.services import fields
from contacts.services.upsert import upsert
from kernel import clock, filters
from kernel.models import Job
from tests.settle import settle


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def indexed(transactional_db):
    now = clock.now()
    rows = [
        fields.create({"label": "Plan", "type": "text", "indexed": True}, now),
        fields.create({"label": "Spent", "type": "number", "indexed": True}, now),
        fields.create({"label": "Desk", "type": "phone", "indexed": True}, now),
    ]
    people = [
        {"email": f"p{n}@x.example", "plan": f"P{n}", "spent": n, "desk": f"06 1234 {n:04}"}
        for n in range(500)
    ]
    upsert(people, now=now)
    settle()
    yield rows
    for row in rows:
        if Field.objects.filter(pk=row.pk).exists():
            fields.delete(row, now)
    settle()
    assert run("SELECT relname FROM pg_class WHERE relname LIKE 'field_%_index'") == []


@pytest.mark.parametrize(
    ("leaf", "place"),
    [
        ({"field": "plan", "op": "is", "value": "p7"}, 0),
        ({"field": "spent", "op": "eq", "value": 7}, 1),
        ({"field": "desk", "op": "is", "value": "0612-34 00 07"}, 2),
    ],
)
def test_a_filter_uses_the_index_and_its_statistics(indexed, leaf, place):
    run("ANALYZE contact")
    found = filters.compile({"all": [leaf]}, now=clock.now())
    query = f"SELECT c.id FROM contact c {found.joins} WHERE {found.sql}"
    plan = "\n".join(row[0] for row in run(f"EXPLAIN {query}", *found.params))
    assert f"field_{indexed[place].pk}_index" in plan
    assert "rows=1 " in plan
    assert len(run(query, *found.params)) == 1


def test_a_half_built_index_is_built_again(indexed):
    half, old = (f"field_{indexed[place].pk}_index" for place in (0, 2))
    run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", half)
    # As numbers were kept before they were compared by their digits.
    run(f"DROP INDEX {old}")
    run(f"CREATE INDEX {old} ON contact (lower(attrs ->> 'desk'))")
    for place in (0, 2):
        args = {"field": indexed[place].pk}
        Job.objects.create(kind="contacts.fit_field", args=args, due_at=clock.now())
    settle()
    assert run("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", half) == [(True,)]
    assert "contact_digits" in run("SELECT pg_get_indexdef(%s::regclass)", old)[0][0]
