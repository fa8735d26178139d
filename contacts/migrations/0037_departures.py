"""Who is to be erased because a campaign says so."""

from django.db import migrations, models

from kernel import clock


class Migration(migrations.Migration):
    dependencies = [("contacts", "0036_domains_below")]

    operations = [
        migrations.CreateModel(
            "Departure",
            [
                ("contact_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(default=clock.now)),
                ("due_at", models.DateTimeField()),
                ("attempts", models.SmallIntegerField(default=0)),
            ],
            options={
                "db_table": "departure",
                "indexes": [models.Index(fields=["due_at"], name="departure_due")],
            },
        ),
    ]
