"""Companies are found by any part of their name, through an index."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Company
from tests.journey import ok

pytestmark = pytest.mark.django_db


def test_a_part_of_the_name_is_looked_up_in_an_index(api):
    for name in ("Zeta Ltd", "Acme", "Grand Zetland"):
        Company.objects.create(name=name)
    with CaptureQueriesContext(connection) as asked:
        found = ok(api.get("/api/v1/companies", {"contains": "zet"}))["results"]
    assert {row["name"] for row in found} == {"Zeta Ltd", "Grand Zetland"}
    [query] = [one["sql"] for one in asked.captured_queries if "LIKE" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute("EXPLAIN " + query)
        assert "company_words" in "\n".join(row[0] for row in cursor.fetchall())
