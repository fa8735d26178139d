"""Indexes and statistics of custom fields: built beside the traffic, by a job."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from contacts.catalogue import spec_of
from contacts.models import Field
from contacts.models.field import FieldType
from kernel import jobs, locks
from kernel.jobs import Claimed, handles

KIND = "contacts.fit_field"
FORGET = "contacts.forget_field"
SLICE = 5_000

STATE = """
SELECT i.indisvalid, pg_get_indexdef(i.indexrelid) ~ 'contact_digits'
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relname = %s"""
FORGET_SLICE = """
UPDATE {table} SET attrs = attrs - %(alias)s
WHERE id IN (SELECT id FROM {table} WHERE id > %(after)s AND attrs ? %(alias)s
             ORDER BY id LIMIT %(slice)s FOR NO KEY UPDATE)
RETURNING id"""


def request(field: int, now: datetime) -> None:
    """Have a field's index and statistics made, or removed when it is gone."""
    jobs.enqueue(KIND, {"field": field}, now=now)


def request_forgetting(field: Field, now: datetime) -> None:
    """Have the values of a deleted field removed."""
    args = {"object": field.object, "alias": field.alias}
    jobs.enqueue(FORGET, args, now=now)


@handles(KIND)
def fit(job: Claimed) -> None:
    """Bring index and statistics of a field to what its row says."""
    number = int(job.args["field"])
    row = Field.objects.filter(pk=number, object=Field.Object.CONTACT).first()
    with _alone(number) as first:
        # Building may outlast the lease: whoever takes the job over finds it in good hands.
        if first:
            _fit_statistics(number, row)
            _fit_index(number, row)


@handles(FORGET)
def forget(job: Claimed) -> None:
    """Take a deleted field's values out of the rows, slice by slice."""
    alias, table = job.args["alias"], job.args["object"]
    if Field.objects.filter(object=table, alias=alias).exists():
        return
    after: int | None = job.progress.get("after", 0)
    statement = FORGET_SLICE.format(table="company" if table == "company" else "contact")
    while after is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"alias": alias, "after": after, "slice": SLICE})
            after = max((row[0] for row in cursor.fetchall()), default=None)
            job.keep(after=after)


def _fit_statistics(number: int, row: Field | None) -> None:
    with connection.cursor() as cursor:
        if row is None:
            cursor.execute(f"DROP STATISTICS IF EXISTS field_{number}_stats")
            return
        cursor.execute(
            f"CREATE STATISTICS IF NOT EXISTS field_{number}_stats"
            f" ON ({_expression(row)}) FROM contact"
        )


def _fit_index(number: int, row: Field | None) -> None:
    wanted = row is not None and row.indexed
    name = f"field_{number}_index"
    # A transaction around this (a test's) makes building beside the traffic impossible.
    beside = "" if connection.in_atomic_block else "CONCURRENTLY"
    with connection.cursor() as cursor:
        cursor.execute(STATE, [name])
        found = cursor.fetchone()
        digits = row is not None and row.type == FieldType.PHONE
        if found is not None and not (wanted and found == (True, digits)):
            # Not wanted any more, left half-built by a crash, or of numbers as they are written.
            cursor.execute(f"DROP INDEX {beside} IF EXISTS {name}")
            found = None
        if wanted and found is None and row is not None:
            cursor.execute(f"CREATE INDEX {beside} {name} ON contact (({_expression(row)}))")


def _expression(row: Field) -> str:
    spec = spec_of(row)
    # What finds a number in any spelling, as those of the core (migration 0028).
    found = f"contact_digits({spec.sql})" if spec.type == FieldType.PHONE else spec.compared
    return found.replace("c.attrs", "attrs")


@contextmanager
def _alone(number: int) -> Iterator[bool]:
    """Hold a lock of the session while building; say whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [locks.BUILD_LOCK, number])
        taken = bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [locks.BUILD_LOCK, number])
