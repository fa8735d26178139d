"""Figures by version and day of what happened before they were counted, in slices.

Each slice is a transaction that notes how far it came: stopped, it goes on from there. Of a
step's past nobody can know who came to it and left without passing it, nor what was parked and
freed again: such people are not among those who came, and such failures are not counted.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import migrations, transaction

from kernel.zone import ZONE

ALL = (
    "waiting",
    "done",
    "yes",
    "no",
    "not_measurable",
    "failed",
    "came",
    "skipped",
    "failures",
)
SLICE = 20_000
_NAMES = ", ".join(ALL)
_SUMS = ", ".join(f"sum({name})" for name in ALL)


def _added(table: str) -> str:
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in ALL)


# Adds rows `k` (node_id, version_id, at, branch, figures) to what stands. Of a node as such only
# what was not counted so far is new.
ADD = f"""
days AS (
  INSERT INTO node_day (node_id, day, version_id, branch, {_NAMES})
  SELECT node_id, (at AT TIME ZONE {ZONE})::date, version_id, branch, {_SUMS} FROM k
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (node_id, day, version_id, branch) DO UPDATE SET {_added("node_day")}),
versions AS (
  INSERT INTO node_version (node_id, branch, version_id, {_NAMES})
  SELECT node_id, branch, version_id, {_SUMS} FROM k GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (node_id, branch, version_id) DO UPDATE SET {_added("node_version")}),
whole AS (
  INSERT INTO node_count (node_id, came, skipped, failures)
  SELECT node_id, sum(came), sum(skipped), sum(failures) FROM k WHERE branch = 0
  GROUP BY 1 HAVING sum(came + skipped + failures) > 0 ORDER BY 1
  ON CONFLICT (node_id) DO UPDATE SET came = node_count.came + excluded.came,
    skipped = node_count.skipped + excluded.skipped,
    failures = node_count.failures + excluded.failures)"""  # noqa: S608 - constants
# Whoever stands somewhere, in one go while nobody moves: a row for each who is on the way, however
# long the past. What was counted of them meanwhile is taken off again.
HOLD = "LOCK TABLE node_delta IN SHARE ROW EXCLUSIVE MODE"
STANDING = f"""
WITH k AS (
  SELECT s.node_id, v.version_id, t.*, 0 branch, 0 done, 0 yes, 0 AS no, 0 not_measurable, 0 skipped
  FROM step s JOIN visit v ON v.id = s.visit_id CROSS JOIN LATERAL (
    SELECT s.arrived_at AS at, (s.state <> 3)::int waiting, (s.state = 3)::int failed,
      (s.arrived_at < (SELECT until FROM figures_fill))::int came, 0 failures
    UNION ALL SELECT coalesce(s.due_at, s.arrived_at), 0, 0, 0, 1
    WHERE s.state = 3 AND s.due_at < (SELECT until FROM figures_fill)) t
  UNION ALL
  SELECT f.node_id, f.version_id, now(), -f.waiting, -f.failed, 0, 0, 0, 0, 0, 0, 0, 0
  FROM (SELECT node_id, version_id, waiting, failed, branch FROM node_version
        UNION ALL SELECT node_id, version_id, waiting, failed, branch FROM node_delta) f
  JOIN campaign_node n ON n.id = f.node_id AND n.name <> 'start' WHERE f.branch = 0),
{ADD}
UPDATE figures_fill SET standing = true"""  # noqa: S608 - constants
# Ways on the day they began, and on the one they ended.
WAYS = f"""
WITH slice AS MATERIALIZED (
  SELECT v.* FROM visit v, figures_fill f WHERE v.id > f.way AND v.id <= f.upto
  ORDER BY v.id LIMIT %s),
k AS (
  SELECT n.id node_id, t.*, 0 branch, 0 AS no, 0 not_measurable, 0 failed, 0 came, 0 skipped,
    0 failures
  FROM slice v JOIN campaign_node n ON n.campaign_id = v.campaign_id AND n.name = 'start'
  CROSS JOIN LATERAL (
    SELECT v.version_id, v.entered_at AS at, 1 waiting, 1 done, (v.number = 1)::int yes
    UNION ALL SELECT v.version_id, v.left_at, -1, 0, 0
    WHERE v.left_at < (SELECT until FROM figures_fill)) t),
{ADD}
UPDATE figures_fill SET way = (SELECT max(id) FROM slice) WHERE EXISTS (SELECT 1 FROM slice)"""  # noqa: S608
# Finished steps on the day they were passed, node by node, so that each row is read once.
DONE = f"""
WITH slice AS MATERIALIZED (
  SELECT l.* FROM step_log l, figures_fill f
  WHERE l.node_id = f.node AND l.visit_id > f.visit AND l.visit_id <= f.upto
  ORDER BY l.visit_id FETCH FIRST %s ROWS WITH TIES),
k AS (
  SELECT l.node_id, v.version_id, l.at, b.branch, 0 waiting, 1 done,
    (b.branch = 0 AND outcome = 2)::int yes, (b.branch = 0 AND outcome = 3)::int AS no,
    (b.branch = 0 AND outcome = 4)::int not_measurable, 0 failed, (b.branch = 0)::int came,
    (b.branch = 0 AND outcome = 5)::int skipped, 0 failures
  FROM slice l JOIN visit v ON v.id = l.visit_id
  CROSS JOIN LATERAL (
    SELECT 0::smallint branch UNION ALL SELECT outcome - 99 WHERE outcome >= 100) b
  WHERE l.at < (SELECT until FROM figures_fill)),
{ADD}
UPDATE figures_fill SET visit = (SELECT max(visit_id) FROM slice)
WHERE EXISTS (SELECT 1 FROM slice)"""  # noqa: S608 - constants
NEXT = """
UPDATE figures_fill f SET visit = 0, node = n.id
FROM (SELECT min(id) id FROM campaign_node, figures_fill k WHERE id > k.node) n
WHERE n.id IS NOT NULL"""


def fill(_apps: Any, editor: Any) -> None:
    """Fill in what is missing, from where it was left."""
    connection = editor.connection

    def run(statement: str, *values: Any, held: bool = False) -> bool:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            if held:
                cursor.execute(HOLD)
            cursor.execute(statement, values or None)
            return bool(cursor.rowcount)

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('figures_fill')")
        if cursor.fetchone()[0] is None:
            return
        cursor.execute("SELECT standing FROM figures_fill")
        (standing,) = cursor.fetchone()
    if not standing:
        run(STANDING, held=True)
    _all(run, WAYS)
    # The node at which it was left is gone on with first.
    _all(run, DONE)
    while run(NEXT):
        _all(run, DONE)
    run("DROP TABLE figures_fill")


def _all(run: Callable[..., bool], statement: str) -> None:
    while run(statement, SLICE):
        pass


class Migration(migrations.Migration):
    """No lock is held longer than a slice takes."""

    atomic = False
    dependencies: ClassVar = [("campaigns", "0007_figures_by_day")]
    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop)]
