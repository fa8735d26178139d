"""What would be lost with a field: whose values go with it."""

from django.db import connection

from contacts.models import Field

# More are not counted one by one.
MOST = 10_000
COUNT = "SELECT count(*) FROM (SELECT 1 FROM {table} WHERE attrs ? %s LIMIT %s) found"


def holds_values(row: Field) -> bool:
    """Say whether anybody has a value."""
    table = "company" if row.object == Field.Object.COMPANY else "contact"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE attrs ? %s)", [row.alias])  # noqa: S608
        return bool(cursor.fetchone()[0])


def values_of(row: Field) -> tuple[int, bool]:
    """Return how many have a value, and whether that is all of them."""
    table = "company" if row.object == Field.Object.COMPANY else "contact"
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(table=table), [row.alias, MOST + 1])
        count = int(cursor.fetchone()[0])
    return min(count, MOST), count <= MOST
