"""Rows that were written and not placed are kept beside the refused ones."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with a default of the database write no row."""

    dependencies: ClassVar = [("contacts", "0023_import_mends")]
    operations: ClassVar = [
        migrations.AddField(
            "import", "unplaced", models.PositiveIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            "importreject", "written", models.BooleanField(default=False, db_default=False)
        ),
    ]
