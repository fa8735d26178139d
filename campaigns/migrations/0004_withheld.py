"""A visit may end because the law withholds the contact."""

from typing import ClassVar

from django.db import migrations, models

REASONS = [
    (1, "came to the end"),
    (2, "reached an exit"),
    (3, "reached the goal"),
    (4, "left the segment"),
    (5, "taken out by hand"),
    (6, "entered anew"),
    (7, "its step was removed"),
    (8, "merged with another contact"),
    (9, "forgotten"),
    (10, "restricted, or objected to profiling"),
]


class Migration(migrations.Migration):
    """Changes words, no table."""

    dependencies: ClassVar = [("campaigns", "0003_goals")]
    operations: ClassVar = [
        migrations.AlterField(
            "visit", "reason", models.SmallIntegerField(choices=REASONS, null=True)
        )
    ]
