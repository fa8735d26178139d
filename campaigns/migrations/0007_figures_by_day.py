"""Figures by day and version: from now on counted as it happens, and filled from what is there.

Of a step's past this cannot know who came to it and left without passing it, nor what was parked
and freed again: such people are not among those who came, and such failures are not counted.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from kernel.zone import ZONE

_COLUMNS = "waiting, done, yes, no, not_measurable, failed"
FOLD = f"""
INSERT INTO node_count (node_id, {_COLUMNS})
SELECT node_id, sum(waiting), sum(done), sum(yes), sum(no), sum(not_measurable), sum(failed)
FROM node_delta GROUP BY node_id
ON CONFLICT (node_id) DO UPDATE SET waiting = node_count.waiting + excluded.waiting,
  done = node_count.done + excluded.done, yes = node_count.yes + excluded.yes,
  no = node_count.no + excluded.no, failed = node_count.failed + excluded.failed,
  not_measurable = node_count.not_measurable + excluded.not_measurable;
DELETE FROM node_delta"""  # noqa: S608 - constants
# Finished steps on the day they were passed, live ones on that of the arrival, ways on those of
# the entry and the end: one row each, summed.
FILL = f"""
INSERT INTO node_day (node_id, version_id, day, branch, waiting, done, yes, no, not_measurable,
                      failed, came, skipped, failures)
SELECT node_id, version_id, (at AT TIME ZONE {ZONE})::date, branch, sum(waiting), sum(done),
       sum(yes), sum(no), sum(not_measurable), sum(failed), sum(came), sum(skipped), sum(failures)
FROM (
  SELECT l.node_id, v.version_id, l.at, 0::smallint branch, 0 waiting, 1 done,
    (outcome = 2)::int yes, (outcome = 3)::int AS no, (outcome = 4)::int not_measurable, 0 failed,
    1 came, (outcome = 5)::int skipped, 0 failures
  FROM step_log l JOIN visit v ON v.id = l.visit_id
  UNION ALL
  SELECT l.node_id, v.version_id, l.at, outcome - 99, 0, 1, 0, 0, 0, 0, 0, 0, 0
  FROM step_log l JOIN visit v ON v.id = l.visit_id WHERE outcome >= 100
  UNION ALL
  SELECT s.node_id, v.version_id, s.arrived_at, 0, (s.state <> 3)::int, 0, 0, 0, 0,
    (s.state = 3)::int, 1, 0, (s.state = 3)::int
  FROM step s JOIN visit v ON v.id = s.visit_id
  UNION ALL
  SELECT n.id, v.version_id, v.entered_at, 0, 1, 1, (v.number = 1)::int, 0, 0, 0, 0, 0, 0
  FROM visit v JOIN campaign_node n ON n.campaign_id = v.campaign_id AND n.name = 'start'
  UNION ALL
  SELECT n.id, v.version_id, v.left_at, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0
  FROM visit v JOIN campaign_node n ON n.campaign_id = v.campaign_id AND n.name = 'start'
  WHERE v.left_at IS NOT NULL) k
GROUP BY 1, 2, 3, 4;
ALTER TABLE node_day SET (fillfactor = 70)"""  # noqa: S608 - constants
_NODE = models.ForeignKey(
    db_constraint=False,
    db_index=False,
    on_delete=django.db.models.deletion.DO_NOTHING,
    related_name="+",
    to="campaigns.campaignnode",
)


class Migration(migrations.Migration):
    """Folds what lies about, so that every difference from here on has its day."""

    dependencies: ClassVar = [
        ("campaigns", "0006_versions_beside_each_other"),
        ("kernel", "0001_initial"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(FOLD, migrations.RunSQL.noop),
        migrations.AddField(
            "nodedelta", "version_id", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField(
            "nodedelta", "day", models.DateField(default="2000-01-01"), preserve_default=False
        ),
        migrations.AddField("nodedelta", "branch", models.SmallIntegerField(db_default=0)),
        *(
            migrations.AddField("nodedelta", name, models.IntegerField(db_default=0))
            for name in ("came", "skipped", "failures")
        ),
        migrations.CreateModel(
            name="NodeDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node",
                        "version_id",
                        "day",
                        "branch",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                *(
                    (name, models.IntegerField(db_default=0))
                    for name in ("waiting", "done", "yes", "no", "not_measurable", "failed")
                ),
                ("version_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("branch", models.SmallIntegerField(db_default=0)),
                *(
                    (name, models.IntegerField(db_default=0))
                    for name in ("came", "skipped", "failures")
                ),
                ("node", _NODE),
            ],
            options={"db_table": "node_day"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
