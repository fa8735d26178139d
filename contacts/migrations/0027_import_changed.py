"""Who was added by an import and changed by later rows of the same file was updated by it, too."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with a default of the database write no row."""

    dependencies: ClassVar = [("contacts", "0026_whom_exports_hold")]
    operations: ClassVar = [
        migrations.AddField(model, "changed", models.BooleanField(default=False, db_default=False))
        for model in ("importcontact", "importcompany")
    ]
