"""Imports of mended rows remember whose refused rows these were."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty writes no row."""

    dependencies: ClassVar = [("contacts", "0022_sensitive")]
    operations: ClassVar = [
        migrations.AddField("import", "mends", models.BigIntegerField(null=True))
    ]
