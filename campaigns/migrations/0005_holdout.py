"""Campaigns hold a share of people out, and keep who they are."""

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

SHARE = {
    "default": 0,
    "validators": [django.core.validators.MaxValueValidator(50)],
    "verbose_name": "hold-out share",
}


class Migration(migrations.Migration):
    """The share, and the table of those held out."""

    dependencies: ClassVar = [("campaigns", "0004_withheld")]
    operations: ClassVar = [
        migrations.AddField("campaign", "holdout", models.PositiveSmallIntegerField(**SHARE)),
        migrations.AddField(
            "campaignversion", "holdout", models.PositiveSmallIntegerField(**SHARE)
        ),
        migrations.CreateModel(
            name="HeldOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("contact_id", models.BigIntegerField(db_index=True)),
                ("held_at", models.DateTimeField()),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
            ],
            options={
                "db_table": "held_out",
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "contact_id"), name="held_out_once")
                ],
            },
        ),
    ]
