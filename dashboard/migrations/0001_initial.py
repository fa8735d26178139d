import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DayFigure",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day",
                        "what",
                        "owner_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("what", models.CharField(max_length=20)),
                ("owner_id", models.BigIntegerField(default=0)),
                ("number", models.BigIntegerField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "day_figure",
            },
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                ("kind", models.CharField(max_length=20, primary_key=True, serialize=False)),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "sample",
            },
        ),
    ]
