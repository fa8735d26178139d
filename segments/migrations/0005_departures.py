# Members that went without an event: merged, or forgotten.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("segments", "0004_personas"),
    ]

    operations = [
        migrations.CreateModel(
            name="Departure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("segment_id", models.IntegerField()),
                ("contact_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("members", models.IntegerField()),
            ],
            options={
                "db_table": "segment_departure",
                "indexes": [
                    models.Index(fields=["segment_id", "at"], name="segment_departure_of"),
                    models.Index(
                        condition=models.Q(("contact_id__isnull", False)),
                        fields=["contact_id"],
                        name="segment_departure_into",
                    ),
                ],
            },
        ),
    ]
