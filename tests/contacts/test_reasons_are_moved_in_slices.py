"""The upgrade that keeps reasons in any language never rewrites the table under one lock."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db
upgrade = import_module("contacts.migrations.0008_reasons")
BEFORE = "ALTER TABLE import_reject ADD COLUMN reason text NOT NULL, DROP COLUMN reasons"
ROWS = """
INSERT INTO import_reject (import_id, line, cells, field, reason)
SELECT i, l, '[]', '', 'Line ' || l FROM generate_series(1, 2) i, generate_series(1, 5) l"""


def test_every_row_keeps_its_words_also_when_begun_anew(monkeypatch):
    monkeypatch.setattr(upgrade, "SLICE", 3)
    editor = SimpleNamespace(connection=connection)
    with connection.cursor() as cursor:
        cursor.execute(BEFORE)
        cursor.execute(ROWS)
        for _begun in range(2):
            cursor.execute(upgrade.ADD)
            upgrade.move(None, editor)
        cursor.execute(upgrade.DROP)
        cursor.execute("SELECT line, reasons -> 0 ->> 'text' FROM import_reject ORDER BY 1")
        assert cursor.fetchall() == [(line, f"Line {line}") for line in range(1, 6) for _ in "ab"]
        cursor.execute(
            "SELECT is_nullable, column_default FROM information_schema.columns"
            " WHERE table_name = 'import_reject' AND column_name = 'reasons'"
        )
        assert cursor.fetchone() == ("NO", None)
