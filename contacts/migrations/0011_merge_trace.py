import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0010_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("merge", "echo_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "merge",
            "lost",
            models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
        ),
        migrations.AddField("merge", "reason", models.CharField(default="", max_length=80)),
        migrations.AddField("merge", "taken", models.JSONField(default=list)),
        migrations.AddField(
            "merge",
            "user",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            "merge",
            models.Index(
                condition=models.Q(("echo_at__isnull", False)),
                fields=["echo_at"],
                name="merge_echo",
            ),
        ),
        migrations.CreateModel(
            name="FormerIdentifier",
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
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contacts.contact",
                    ),
                ),
            ],
            options={"db_table": "former_identifier"},
        ),
        migrations.CreateModel(
            name="Distinct",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "low",
                        "high",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("low", models.BigIntegerField()),
                ("high", models.BigIntegerField(db_index=True)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "not_duplicate"},
        ),
    ]
