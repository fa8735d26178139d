"""Erasures are written to a ledger outside the database; replays of it are kept."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Those of before go to the ledger by their numbers alone."""

    dependencies: ClassVar = [("contacts", "0020_import_company")]
    operations: ClassVar = [
        migrations.AddField("erasure", "unwritten", models.JSONField(null=True)),
        migrations.RunSQL("UPDATE erasure SET unwritten = '{}'", migrations.RunSQL.noop),
        migrations.AddIndex(
            "erasure",
            models.Index(
                fields=["at"],
                name="erasure_unwritten",
                condition=models.Q(unwritten__isnull=False),
            ),
        ),
        migrations.CreateModel(
            name="ErasureReplay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("erased", models.PositiveIntegerField()),
                ("closed", models.PositiveIntegerField()),
            ],
            options={"db_table": "erasure_replay"},
        ),
    ]
