"""What waits for a receiver is found by an index."""

from typing import ClassVar

from django.db import migrations, models

WAITING = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS webhook_post_host
ON webhook_post (host, due_at) WHERE state = 0"""


class Migration(migrations.Migration):
    """Made by hand: the index is built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("webhooks", "0002_by_receiver")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(WAITING, "DROP INDEX webhook_post_host")],
            [
                migrations.AddIndex(
                    "post",
                    models.Index(
                        condition=models.Q(("state", 0)),
                        fields=["host", "due_at"],
                        name="webhook_post_host",
                    ),
                )
            ],
        )
    ]
