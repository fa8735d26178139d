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


def test_what_takes_too_long_is_not_told_as_a_database_that_is_away(api):
    settings = connection.settings_dict
    names = {"host": settings["HOST"], "user": settings["USER"], "dbname": settings["NAME"]}
    with closing(psycopg2.connect(**names)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE tag IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as mine:
            mine.execute("SET LOCAL statement_timeout = '50ms'")
        answer = api.get("/api/v1/tags")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "too_slow")


@pytest.mark.django_db(transaction=True)
def test_a_page_that_takes_too_long_says_so_in_its_own_words(alice, client):
    client.force_login(alice)
    client.raise_request_exception = False
    settings = connection.settings_dict
    names = {"host": settings["HOST"], "user": settings["USER"], "dbname": settings["NAME"]}
    with closing(psycopg2.connect(**names)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE tag IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as mine:
            mine.execute("SET statement_timeout = '50ms'")
        answer = client.get("/settings/tags")
    connection.close()
    assert answer.status_code == 503
    assert "This takes too long" in answer.content.decode()
