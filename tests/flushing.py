"""Empties the database after a test that commits: the tables that hold something, and no others.

Emptying all of some two hundred tables anew takes ten times as long, since each gets new files.
"""

from typing import Any

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.core.management.commands import flush
from django.db.models.signals import post_migrate

# What stays as the migrations left it need not be written again.
PERMISSIONS = "django.contrib.auth.management.create_permissions"
KEPT = ("django_content_type", "auth_permission")
FILLED = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_relation_size(c.oid) > 0
  AND c.relname = ANY(%s)"""


def filled(_style: Any, connection: Any, **_options: Any) -> list[str]:
    """Return the statements that empty what is filled; nothing reacts to them."""
    names = set(connection.introspection.django_table_names(only_existing=True)) - {*KEPT}
    with connection.cursor() as cursor:
        cursor.execute(FILLED, [sorted(names)])
        found = [row[0] for row in cursor.fetchall()]
    quiet = "SET LOCAL session_replication_role = replica"
    return [quiet, *(f"DELETE FROM {name}" for name in found)]


@pytest.fixture(autouse=True, scope="session")
def only_what_is_filled() -> None:
    flush.sql_flush = filled
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid=PERMISSIONS)
