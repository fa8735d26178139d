"""What is on its way to other systems."""

from typing import ClassVar

from django.db import migrations, models

import kernel.clock


class Migration(migrations.Migration):
    """The table of posts."""

    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cause", models.CharField(max_length=200, unique=True)),
                ("contact_id", models.BigIntegerField(db_index=True)),
                ("url", models.TextField()),
                ("secret", models.TextField(default="")),
                ("body", models.TextField()),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[(0, "Waiting"), (1, "Taken"), (2, "Refused")], default=0
                    ),
                ),
                ("attempts", models.SmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(default=kernel.clock.now)),
                ("asked_at", models.DateTimeField(default=kernel.clock.now)),
                ("error", models.TextField(default="")),
            ],
            options={
                "db_table": "webhook_post",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", 0)),
                        fields=["due_at"],
                        name="webhook_post_due",
                    )
                ],
            },
        ),
    ]
