"""Exports keep whose rows are in their file, so that it ends with those people alone."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns without a default: no row is written."""

    dependencies: ClassVar = [("contacts", "0025_leftovers_mended")]
    operations: ClassVar = [
        migrations.AddField("export", "people", models.BinaryField(null=True)),
        migrations.AddField("erasure", "merged", models.JSONField(null=True)),
    ]
