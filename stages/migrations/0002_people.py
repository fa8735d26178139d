"""Finding and counting the people of a stage without reading everybody."""

from typing import ClassVar

from django.db import migrations

INDEX = """
CREATE INDEX contact_state_stage ON contact_state (stage_id) WHERE stage_id IS NOT NULL
"""


class Migration(migrations.Migration):
    """The table is that of contacts, whose floor knows nothing of stages."""

    dependencies: ClassVar = [("stages", "0001_initial"), ("contacts", "0002_storage")]
    operations: ClassVar = [
        migrations.RunSQL(INDEX, "DROP INDEX IF EXISTS contact_state_stage"),
    ]
