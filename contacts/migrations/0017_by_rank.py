"""Contacts are listed by how active they are through an index."""

from typing import ClassVar

from django.db import migrations, models

ORDER = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_state_rank
ON contact_state (activity_rank, contact_id)"""


class Migration(migrations.Migration):
    """Made by hand: the index is built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("contacts", "0016_proof_is_kept")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(ORDER, "DROP INDEX contact_state_rank")],
            [
                migrations.AddIndex(
                    "contactstate",
                    models.Index(fields=["activity_rank", "contact"], name="contact_state_rank"),
                )
            ],
        )
    ]
