"""Imports can be undone: how many were forgotten or kept, and when each was last written."""

from typing import ClassVar

from django.db import migrations, models

STATES = [
    ("draft", "draft"),
    ("queued", "waiting"),
    ("running", "running"),
    ("done", "done"),
    ("failed", "failed"),
    ("cancelled", "cancelled"),
    ("undoing", "being undone"),
    ("undone", "undone"),
]


class Migration(migrations.Migration):
    """Three columns that older rows leave empty, and two states."""

    dependencies: ClassVar = [("contacts", "0011_merge_trace")]

    operations: ClassVar = [
        migrations.AddField("import", "kept", models.PositiveIntegerField(null=True)),
        migrations.AddField("import", "undone", models.PositiveIntegerField(null=True)),
        migrations.AddField("importcontact", "written_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "import", "state", models.CharField(choices=STATES, default="queued", max_length=10)
        ),
    ]
