"""Imports begin as drafts, and know when they were started."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column, and a state."""

    dependencies: ClassVar = [("contacts", "0005_topics")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="import",
            name="started_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="import",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("queued", "waiting"),
                    ("running", "running"),
                    ("done", "done"),
                    ("failed", "failed"),
                    ("cancelled", "cancelled"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
    ]
