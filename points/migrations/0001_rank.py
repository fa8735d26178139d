import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RankDifference",
            fields=[
                ("contact_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("rank", models.SmallIntegerField(null=True)),
            ],
            options={"db_table": "rank_difference"},
        ),
        migrations.CreateModel(
            name="RankRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("settings", models.JSONField()),
                (
                    "bounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(null=True), size=10
                    ),
                ),
                (
                    "spread",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), size=10
                    ),
                ),
                ("inactive", models.PositiveIntegerField()),
                ("unmeasurable", models.PositiveIntegerField()),
                ("changed", models.PositiveIntegerField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "rank_run",
                "indexes": [models.Index(fields=["at"], name="rank_run_at")],
            },
        ),
    ]
