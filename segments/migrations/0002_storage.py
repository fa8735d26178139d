"""How members are stored: counted by the index alone, notes of a build without a log."""

from typing import ClassVar

from django.db import migrations

# Index-only counts need the visibility map, so members are vacuumed early.
STORAGE = """
ALTER TABLE member SET (autovacuum_vacuum_scale_factor = 0.02,
                        autovacuum_vacuum_insert_scale_factor = 0.05);
ALTER TABLE member_delta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE segment_evaluated SET UNLOGGED;
ALTER TABLE segment_evaluated SET (autovacuum_vacuum_scale_factor = 0,
                                   autovacuum_vacuum_threshold = 5000);
"""


class Migration(migrations.Migration):
    """Made by hand: Django has no words for storage parameters."""

    dependencies: ClassVar = [("segments", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(STORAGE, migrations.RunSQL.noop)]
