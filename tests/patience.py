"""What the database takes too long for fails a test, however busy the process of the test is."""

from django.db import connection


def end_slow_statements() -> None:
    """Have each statement end within five seconds until the test's transaction is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5s'")
