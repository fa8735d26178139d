"""Categories and labels, and what is filed under them: two empty tables."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions
from django.db import migrations, models

import kernel.clock


class Migration(migrations.Migration):
    """Nothing that exists is touched."""

    dependencies: ClassVar = [("kernel", "0004_retention")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Folder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=kernel.clock.now, editable=False, verbose_name="created at"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        default=kernel.clock.now, editable=False, verbose_name="updated at"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "sort",
                    models.CharField(
                        choices=[("category", "category"), ("label", "label")],
                        max_length=8,
                        verbose_name="type",
                    ),
                ),
                (
                    "kind",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="for"),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.Lower(
                            django.db.models.functions.Trim("name")
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                ("colour", models.PositiveSmallIntegerField(default=1, verbose_name="colour")),
            ],
            options={
                "verbose_name": "category or label",
                "verbose_name_plural": "categories and labels",
                "db_table": "folder",
            },
        ),
        migrations.AddConstraint(
            "folder",
            models.UniqueConstraint(fields=("sort", "kind", "name_key"), name="folder_name_once"),
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind",
                        "object_id",
                        "folder",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                (
                    "folder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kernel.folder",
                    ),
                ),
                ("is_category", models.BooleanField()),
            ],
            options={"db_table": "filing"},
        ),
        migrations.AddConstraint(
            "filing",
            models.UniqueConstraint(
                condition=models.Q(("is_category", True)),
                fields=("kind", "object_id"),
                name="filing_one_category",
            ),
        ),
    ]
