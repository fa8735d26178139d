"""The trail is searched for words of people who are erased, through an index."""

from typing import ClassVar

from django.db import migrations

WORDS = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_entry_words ON audit_entry USING gin (
  lower(name || ' ' || before::text || ' ' || after::text) gin_trgm_ops)
WHERE before <> '{}' OR after <> '{}' OR name <> ''"""


class Migration(migrations.Migration):
    """Made by hand: Django has no words for it. The index is built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("accounts", "0008_no_cells")]
    operations: ClassVar = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL(WORDS, "DROP INDEX audit_entry_words"),
    ]
