"""Posts know their receiver, and what gives no answer is left alone for a while."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default, and a small table."""

    dependencies: ClassVar = [("webhooks", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField(
            "post", "host", models.CharField(db_default="", default="", max_length=300)
        ),
        migrations.CreateModel(
            name="SilentHost",
            fields=[
                (
                    "host",
                    models.CharField(max_length=300, primary_key=True, serialize=False),
                ),
                ("failures", models.SmallIntegerField(default=1)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("error", models.TextField()),
            ],
            options={"db_table": "webhook_silent_host"},
        ),
    ]
