"""Imports count whose unsubscribe they lifted."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default of the database writes no row."""

    dependencies: ClassVar = [("contacts", "0032_signs_of_refused_rows")]
    operations: ClassVar = [
        migrations.AddField(
            "import", "reopened", models.PositiveIntegerField(default=0, db_default=0)
        )
    ]
