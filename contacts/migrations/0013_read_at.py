"""Exports know when they were read; ended deletions forget whom they looked for."""

from typing import ClassVar

from django.db import migrations, models

FORGET = """
UPDATE job SET args = args || '{"search": null}'
WHERE kind = 'contacts.bulk_delete' AND state IN ('done', 'failed', 'cancelled')"""


class Migration(migrations.Migration):
    """Two columns, that older rows leave empty; what is forgotten does not come back."""

    dependencies: ClassVar = [("contacts", "0012_undo"), ("kernel", "0002_events")]

    operations: ClassVar = [
        migrations.AddField("export", "read_at", models.DateTimeField(null=True)),
        migrations.AddField("export", "erasures_seen", models.PositiveIntegerField(default=0)),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
    ]
