"""Values of unique fields name companies."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table that is empty until a field of companies is made unique."""

    dependencies: ClassVar = [("contacts", "0034_import_kept_for")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CompanyIdentifier",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind",
                        "value",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.TextField()),
                ("value", models.TextField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contacts.company",
                    ),
                ),
                ("former", models.BooleanField(db_default=False, default=False)),
            ],
            options={"db_table": "company_identifier"},
        ),
    ]
