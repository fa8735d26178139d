"""Erasures keep by what their leftovers are known again, so that mended ones are told apart."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column without a default: no row is written."""

    dependencies: ClassVar = [("contacts", "0024_import_unplaced")]
    operations: ClassVar = [
        migrations.AddField("erasure", "words", models.JSONField(null=True)),
        migrations.AddIndex(
            "erasure",
            models.Index(
                fields=["at"], name="erasure_words", condition=models.Q(words__isnull=False)
            ),
        ),
    ]
