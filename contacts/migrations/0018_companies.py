"""Companies have a score, people beside those whose primary one they are, and traces of merges."""

from typing import ClassVar

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CASCADE = django.db.models.deletion.CASCADE


class Migration(migrations.Migration):
    """A column with a constant default, which rewrites nothing, and two empty tables."""

    dependencies: ClassVar = [
        ("contacts", "0017_by_rank"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField(
            "company",
            "score",
            models.IntegerField(default=0, db_default=0, verbose_name="score"),
        ),
        migrations.CreateModel(
            name="CompanyPerson",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "contact",
                        "company",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(on_delete=CASCADE, related_name="+", to="contacts.contact"),
                ),
                (
                    "company",
                    models.ForeignKey(on_delete=CASCADE, related_name="+", to="contacts.company"),
                ),
                ("role", models.CharField(default="", max_length=120, verbose_name="role")),
                ("since", models.DateTimeField()),
            ],
            options={"db_table": "company_person"},
        ),
        migrations.CreateModel(
            name="CompanyTrace",
            fields=[
                ("loser_id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "survivor",
                    models.ForeignKey(on_delete=CASCADE, related_name="+", to="contacts.company"),
                ),
                ("name", models.TextField()),
                ("name_key", models.TextField(null=True, unique=True)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lost",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
            ],
            options={"db_table": "company_trace"},
        ),
    ]
