"""Fields may be marked sensitive: seen by whom the role allows it alone."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a constant default writes no row."""

    dependencies: ClassVar = [("contacts", "0021_erasure_ledger")]
    operations: ClassVar = [
        migrations.AddField(
            "field",
            "sensitive",
            models.BooleanField(db_default=False, default=False, verbose_name="sensitive"),
        )
    ]
