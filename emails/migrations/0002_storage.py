"""How the ledger is stored: room for changes of state, early vacuum and fresh statistics."""

from typing import ClassVar

from django.db import migrations

# State changes faster than the usual ANALYZE, and a stale plan was a hundred times slower.
STORAGE = """
ALTER TABLE delivery SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,
                          autovacuum_analyze_scale_factor = 0.01);
"""


class Migration(migrations.Migration):
    """Made by hand: Django has no words for storage parameters."""

    dependencies: ClassVar = [("emails", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(STORAGE, migrations.RunSQL.noop)]
