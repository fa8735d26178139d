"""How many agreed to a topic is counted by an index."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One partial index."""

    dependencies: ClassVar = [("contacts", "0013_read_at")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("state", "granted"), ("topic_id__gt", 0)),
                fields=["topic_id"],
                name="consent_agreed",
            ),
        ),
    ]
