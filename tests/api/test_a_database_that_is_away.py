"""A database that does not answer in time: the client is told when to come back."""

from contextlib import closing

import psycopg2
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_a_table_that_stays_locked_is_503_with_a_time_to_come_back(api):
    settings = connection.settings_dict
    names = {"host": settings["HOST"], "user": settings["USER"], "dbname": settings["NAME"]}
    with closing(psycopg2.connect(**names)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as mine:
            mine.execute("SET LOCAL lock_timeout = '50ms'")
        answer = api.get("/api/v1/events")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["errors"][0]["code"] == "unavailable"
