"""Erasures tell where people's own words still name who is gone."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column without a default: no row is written."""

    dependencies: ClassVar = [("contacts", "0014_agreed")]
    operations: ClassVar = [
        migrations.AddField("erasure", "leftovers", models.JSONField(null=True)),
        migrations.AddIndex(
            "erasure",
            models.Index(
                fields=["at"],
                name="erasure_leftovers",
                condition=models.Q(leftovers__isnull=False),
            ),
        ),
    ]
