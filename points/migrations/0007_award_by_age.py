"""What rules gave is found by its age, to grow old, through an index."""

from typing import ClassVar

from django.db import migrations, models

AGE = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS point_award_by_age ON point_award (occurred_at)"""


class Migration(migrations.Migration):
    """Made by hand: the index is built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("points", "0006_fading")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(AGE, "DROP INDEX point_award_by_age")],
            [
                migrations.AddIndex(
                    "award",
                    models.Index(fields=["occurred_at"], name="point_award_by_age"),
                )
            ],
        )
    ]
