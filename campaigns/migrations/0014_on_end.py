"""At its end date a campaign lets people finish, or stops."""

from typing import ClassVar

from django.db import migrations, models


def on_end() -> models.CharField:
    """Return the column, as campaigns and versions have it."""
    choices = [("finish", "may finish"), ("stop", "stops there")]
    return models.CharField(choices=choices, default="finish", db_default="finish", max_length=6)


class Migration(migrations.Migration):
    """A column with a default in both."""

    dependencies: ClassVar = [("campaigns", "0013_late_sources")]
    operations: ClassVar = [
        migrations.AddField("campaign", "on_end", on_end()),
        migrations.AddField("campaignversion", "on_end", on_end()),
        migrations.AlterField(
            "visit",
            "reason",
            models.SmallIntegerField(
                choices=[
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
                    (11, "the campaign ended"),
                ],
                null=True,
            ),
        ),
    ]
