"""How live steps are stored: claimed and deleted all day long, so vacuumed early."""

from typing import ClassVar

from django.db import migrations

STORAGE = """
ALTER TABLE step SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.01);
ALTER TABLE visit SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE step_log SET (autovacuum_vacuum_insert_scale_factor = 0.05);
ALTER TABLE node_delta SET (autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE node_count SET (fillfactor = 70);
"""


class Migration(migrations.Migration):
    """Made by hand: Django has no words for storage parameters."""

    dependencies: ClassVar = [("campaigns", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(STORAGE, migrations.RunSQL.noop)]
