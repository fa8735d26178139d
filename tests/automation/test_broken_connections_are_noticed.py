"""A connection the server has ended is replaced before a request, though nobody asks each time."""

from contextlib import closing

import psycopg2
import pytest
from django.db import close_old_connections, connection

pytestmark = pytest.mark.django_db(transaction=True)


def begin_request():
    """Do what Django does at the start of each request, with a connection that is kept."""
    connection.close_at = None
    close_old_connections()


def number():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end(backend):
    settings = connection.settings_dict
    names = {"host": settings["HOST"], "user": settings["USER"], "dbname": settings["NAME"]}
    with closing(psycopg2.connect(**names)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


def test_a_server_that_hung_up_is_noticed_though_it_answered_a_moment_ago():
    begin_request()
    before = number()
    begin_request()
    assert number() == before
    end(before)
    begin_request()
    assert number() != before


def test_a_failed_transaction_is_no_sound_connection():
    connection.set_autocommit(False)
    try:
        with connection.cursor() as cursor, pytest.raises(Exception, match="division by zero"):
            cursor.execute("SELECT 1/0")
        assert not connection.is_usable()
    finally:
        connection.rollback()
        connection.set_autocommit(True)
