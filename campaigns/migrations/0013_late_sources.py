"""A source whose question takes too long is asked less and less often."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns of a table with a row a source."""

    dependencies: ClassVar = [("campaigns", "0012_stages_back")]
    operations: ClassVar = [
        migrations.AddField(
            "sourceclock", "failures", models.SmallIntegerField(default=0, db_default=0)
        ),
        migrations.AddField("sourceclock", "retry_at", models.DateTimeField(null=True)),
    ]
