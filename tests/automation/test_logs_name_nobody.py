"""PRV-21: no log holds what stood in a row: not the database's, not ours, whatever goes wrong."""

import io
import logging
import logging.config
import os
import shutil
import tempfile
import traceback
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from automation.embedded.postgres import Cluster
from kernel.bulk import copy_in

ADDRESS = "erased.one@example.org"
STATEMENTS = {
    "a duplicate key": f"INSERT INTO told VALUES ('{ADDRESS}', 1), ('{ADDRESS}', 2)",
    "a missing value": f"INSERT INTO told VALUES ('{ADDRESS}', NULL)",
    "a refused value": f"INSERT INTO told VALUES ('{ADDRESS}', -1)",
    "no number": f"SELECT '{ADDRESS}'::int",
    "no number, with quotation marks": f"""SELECT 'say "{ADDRESS}" "'::int""",
    "no date": f"SELECT '{ADDRESS}'::date",
    "no JSON": f"SELECT '{{\"email\": {ADDRESS}}}'::jsonb",
    "no statement": f"SELECT '{ADDRESS}' '{ADDRESS}'",
    "no column": f"SELECT '{ADDRESS}' || missing",
    "an exception": f"DO $$ DECLARE n int; BEGIN n := '{ADDRESS}'; END $$",
}
TABLE = "CREATE {} TABLE told (email text PRIMARY KEY, n int NOT NULL CHECK (n > 0))"


@pytest.fixture
def told():
    """Return what our processes would log of an error."""
    configured = logging.config.DictConfigurator({})
    formatter = configured.configure_formatter(settings.LOGGING["formatters"]["line"])

    def tell(error):
        lines = io.StringIO()
        stream = logging.StreamHandler(lines)
        stream.setFormatter(formatter)
        logger = logging.getLogger("of.the.test")
        logger.propagate = False
        logger.handlers = [stream]
        logger.error("This failed: %s", error, exc_info=error)
        return lines.getvalue()

    return tell


@pytest.mark.django_db
@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_an_error_of_the_database_is_told_without_its_row(statement, told):
    with connection.cursor() as cursor:
        cursor.execute(TABLE.format("TEMP"))
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            cursor.execute(statement)
    # What is stored of it, with jobs and steps, is its own words.
    assert "example" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__.pgcode
    assert str(caught.value).strip()
    assert "example" not in told(caught.value)


@pytest.mark.django_db
def test_a_row_that_cannot_be_copied_is_not_told():
    with connection.cursor() as cursor:
        cursor.execute(TABLE.format("TEMP"))
    with pytest.raises(DatabaseError, match="invalid input syntax") as caught:
        copy_in("told", ["email", "n"], [(ADDRESS, ADDRESS)])
    assert "example" not in "".join(traceback.format_exception(caught.value))


def test_other_errors_are_logged_without_addresses(told):
    for words in (f"No such person: {ADDRESS}", f"<{ADDRESS}>: refused", f"{{'{ADDRESS}': 1}}"):
        lines = told(ValueError(words))
        assert "ValueError" in lines
        assert "example" not in lines


@pytest.fixture
def server():
    """Start a PostgreSQL of ours, for itself."""
    folder = Path(tempfile.mkdtemp(prefix="relais-"))
    folder.chmod(0o711)
    cluster = Cluster(folder, folder / "run", throw_away=True)
    log = folder / "postgres.log"
    try:
        with cluster.running(os.open(log, os.O_WRONLY | os.O_CREAT, 0o600)):
            yield cluster, log
    finally:
        shutil.rmtree(folder)


def test_the_log_of_our_postgresql_holds_no_rows(server):
    cluster, log = server
    with closing(psycopg2.connect(cluster.url())) as session, session.cursor() as cursor:
        session.autocommit = True
        cursor.execute(TABLE.format(""))
        for statement in STATEMENTS.values():
            with suppress(psycopg2.Error):
                cursor.execute(statement)
        cursor.execute("PREPARE ready(text) AS INSERT INTO told VALUES ($1, 1)")
        for _ in range(2):
            with suppress(psycopg2.Error):
                cursor.execute("EXECUTE ready(%s)", [ADDRESS])
        cursor.execute("DO $$ BEGIN RAISE LOG 'this is read'; END $$")
    words = log.read_text()
    assert "this is read" in words
    assert "example" not in words
