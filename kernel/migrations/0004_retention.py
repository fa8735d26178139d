"""Proof of what was forgotten by age."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A new table."""

    dependencies: ClassVar = [("kernel", "0003_pace_of_jobs")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("dry", models.BooleanField(default=False)),
                ("before", models.DateTimeField()),
                ("rows", models.BigIntegerField(default=0)),
                ("seconds", models.FloatField(default=0)),
            ],
            options={
                "db_table": "retention_run",
                "indexes": [
                    models.Index(fields=["key", "-at"], name="retention_run_latest"),
                ],
            },
        ),
    ]
