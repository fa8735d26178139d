"""What a company has earned through its people."""

from collections.abc import Sequence

from django.db import connection

from kernel.changes import announce

# In order of ids, as whoever holds companies; each contact counts for its primary company.
ADD = """
WITH earned AS MATERIALIZED (
  SELECT company_id, count(*) AS people FROM contact
  WHERE id = ANY(%(contacts)s::bigint[]) AND company_id IS NOT NULL GROUP BY company_id),
held AS MATERIALIZED (
  SELECT co.id, e.people FROM company co JOIN earned e ON e.company_id = co.id
  ORDER BY co.id FOR NO KEY UPDATE OF co)
UPDATE company co SET score =
  least(greatest(co.score::bigint + %(delta)s * held.people, -2147483648), 2147483647)::int
FROM held WHERE co.id = held.id RETURNING co.id"""
PEOPLE = "SELECT id FROM contact WHERE company_id = ANY(%s::bigint[])"


def adjust(contacts: Sequence[int], delta: int, *, depth: int = 0, bulk: bool = False) -> int:
    """Add to the score of these contacts' companies, once for each contact; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"contacts": list(contacts), "delta": delta})
        companies = [row[0] for row in cursor.fetchall()]
        if companies:
            cursor.execute(PEOPLE, [companies])
            people = [row[0] for row in cursor.fetchall()]
            announce(people, ["company:score"], depth=depth, bulk=bulk)
    return len(companies)
