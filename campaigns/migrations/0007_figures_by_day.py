"""Figures by version and day: from now on counted as it happens.

What happened before is filled in by the next migration, from the mark that is noted here.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now, TruncDate

FIGURES = ("waiting", "done", "yes", "no", "not_measurable", "failed")
NEW = ("came", "skipped", "failures")
_ADDED = ", ".join(f"{name} = node_count.{name} + excluded.{name}" for name in FIGURES)
# What is added from here on has its day; nothing is added while it is folded.
FOLD = f"""
LOCK TABLE node_delta IN ACCESS EXCLUSIVE MODE;
WITH taken AS (DELETE FROM node_delta RETURNING node_id, {", ".join(FIGURES)})
INSERT INTO node_count (node_id, {", ".join(FIGURES)})
SELECT node_id, {", ".join(f"sum({name})" for name in FIGURES)} FROM taken GROUP BY node_id
ON CONFLICT (node_id) DO UPDATE SET {_ADDED}"""  # noqa: S608 - constants
# Up to which visit, and until when, the past reaches; and how far it is filled in.
MARK = """
CREATE TABLE figures_fill AS
SELECT coalesce((SELECT max(id) FROM visit), 0) upto, clock_timestamp() until,
       false standing, 0::bigint way, 0 node, 0::bigint visit"""


def _node() -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="campaigns.campaignnode",
    )


def _kept(name: str, *key: str, day: bool) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            (
                "pk",
                models.CompositePrimaryKey(
                    "node", *key, blank=True, editable=False, primary_key=True, serialize=False
                ),
            ),
            *((each, models.IntegerField(db_default=0)) for each in (*FIGURES, *NEW)),
            ("version_id", models.BigIntegerField(db_default=0)),
            ("branch", models.SmallIntegerField(db_default=0)),
            ("node", _node()),
            *([("day", models.DateField())] if day else []),
        ],
        options={"db_table": f"node_{name.removeprefix('Node').lower()}"},
    )


class Migration(migrations.Migration):
    """Short: no row that stands is read or written but differences not folded yet."""

    dependencies: ClassVar = [
        ("campaigns", "0006_versions_beside_each_other"),
        ("kernel", "0001_initial"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(FOLD, migrations.RunSQL.noop),
        *(
            migrations.AddField(model, name, models.IntegerField(db_default=0))
            for model in ("nodedelta", "nodecount")
            for name in NEW
        ),
        migrations.AddField("nodedelta", "version_id", models.BigIntegerField(db_default=0)),
        migrations.AddField("nodedelta", "day", models.DateField(db_default=TruncDate(Now()))),
        migrations.AddField("nodedelta", "branch", models.SmallIntegerField(db_default=0)),
        _kept("NodeDay", "day", "version_id", "branch", day=True),
        _kept("NodeVersion", "branch", "version_id", day=False),
        migrations.AddField("campaignversion", "branches", models.JSONField(null=True)),
        migrations.RunSQL(
            "ALTER TABLE node_day SET (fillfactor = 70);"
            " ALTER TABLE node_version SET (fillfactor = 70)",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(MARK, "DROP TABLE IF EXISTS figures_fill"),
    ]
