"""Companies are found by parts of their name through an index, without regard to capitals."""

from typing import ClassVar

from django.db import migrations

# As Django asks `icontains`.
WORDS = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS company_words ON company USING gin (
  upper(name::text) gin_trgm_ops)"""


class Migration(migrations.Migration):
    """Made by hand; the index is built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("contacts", "0040_departures_held")]
    operations: ClassVar = [
        migrations.RunSQL(WORDS, "DROP INDEX company_words"),
        migrations.RunSQL("ANALYZE company", migrations.RunSQL.noop),
    ]
