"""Which import met which company: an empty table."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing that exists is touched."""

    dependencies: ClassVar = [("contacts", "0019_restrictions")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ImportCompany",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "import_id",
                        "company_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("company_id", models.BigIntegerField()),
                (
                    "what",
                    models.SmallIntegerField(
                        choices=[(1, "added"), (2, "updated"), (3, "unchanged")]
                    ),
                ),
                ("written_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "import_company"},
        ),
        migrations.AddIndex(
            "importcompany",
            models.Index(fields=["company_id"], name="import_company_company"),
        ),
    ]
