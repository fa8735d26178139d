"""Where a campaign has many erased at once, they wait until somebody confirms it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0039_no_empty_suppressions")]

    operations = [
        migrations.AlterField("departure", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("departure", "confirmed_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            "DepartureBrake",
            [
                ("campaign_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("asked", models.IntegerField()),
                ("told", models.IntegerField(null=True)),
            ],
            options={"db_table": "departure_brake"},
        ),
    ]
