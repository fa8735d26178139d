"""What every test may use."""

import contextlib

import psycopg2
import pytest
from django.conf import settings

from automation.embedded.image import TEST_DATABASE


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Give each process of a parallel run a copy of the migrated database."""
    database = settings.DATABASES["default"]
    name = database["TEST"]["NAME"] or TEST_DATABASE
    if name == TEST_DATABASE:
        return
    connection = psycopg2.connect(host=database["HOST"], user=database["USER"], dbname="postgres")
    connection.autocommit = True
    known = contextlib.suppress(psycopg2.errors.DuplicateDatabase)
    with contextlib.closing(connection), connection.cursor() as cursor, known:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEST_DATABASE}"')
