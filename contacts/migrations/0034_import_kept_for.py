"""Undone imports keep why they left whom they left."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default of the database writes no row."""

    dependencies: ClassVar = [("contacts", "0033_import_reopened")]
    operations: ClassVar = [
        migrations.AddField("import", "kept_for", models.JSONField(default=dict, db_default={}))
    ]
