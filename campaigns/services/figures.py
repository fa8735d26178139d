"""The figures of the canvas: differences of each transaction, folded every second."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction

from campaigns.models import Outcome

NAMES = ("waiting", "done", "yes", "no", "not_measurable", "failed")
_BY_OUTCOME = {
    int(Outcome.YES): "yes",
    int(Outcome.NO): "no",
    int(Outcome.NOT_MEASURABLE): "not_measurable",
}
ADD = """
INSERT INTO node_delta (node_id, waiting, done, yes, no, not_measurable, failed)
SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[])"""
FOLD = """
WITH taken AS (
  DELETE FROM node_delta WHERE id = ANY (ARRAY(
    SELECT id FROM node_delta ORDER BY id LIMIT 20000 FOR UPDATE SKIP LOCKED))
  RETURNING node_id, waiting, done, yes, no, not_measurable, failed)
INSERT INTO node_count (node_id, waiting, done, yes, no, not_measurable, failed)
SELECT node_id, sum(waiting), sum(done), sum(yes), sum(no), sum(not_measurable), sum(failed)
FROM taken GROUP BY node_id ORDER BY node_id
ON CONFLICT (node_id) DO UPDATE SET
  waiting = node_count.waiting + excluded.waiting,
  done = node_count.done + excluded.done,
  yes = node_count.yes + excluded.yes,
  no = node_count.no + excluded.no,
  not_measurable = node_count.not_measurable + excluded.not_measurable,
  failed = node_count.failed + excluded.failed"""
READ = """
SELECT node_id, sum(waiting), sum(done), sum(yes), sum(no), sum(not_measurable), sum(failed)
FROM (SELECT node_id, waiting, done, yes, no, not_measurable, failed FROM node_count
      UNION ALL
      SELECT node_id, waiting, done, yes, no, not_measurable, failed FROM node_delta) f
WHERE node_id = ANY(%s::int[]) GROUP BY node_id"""


def add(node: int, **differences: int) -> None:
    """Write what this transaction changes about a node's figures."""
    add_many({node: differences})


def add_many(differences: Mapping[int, Mapping[str, int]]) -> None:
    """Write what this transaction changes about the figures of several nodes."""
    rows = [
        [node, *(changed.get(name, 0) for name in NAMES)]
        for node, changed in sorted(differences.items())
        if any(changed.values())
    ]
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(ADD, columns)


def of_outcomes(outcomes: Iterable[int]) -> dict[str, int]:
    """Count finished steps by how they ended; all of them no longer wait."""
    counted = Counter(outcomes)
    done = counted.total()
    named = {name: counted[outcome] for outcome, name in _BY_OUTCOME.items()}
    return {**named, "done": done, "waiting": -done}


def read(nodes: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return the figures of nodes as they stand this instant, folded or not."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(nodes)])
        return {
            row[0]: {name: int(value) for name, value in zip(NAMES, row[1:], strict=True)}
            for row in cursor.fetchall()
        }


def waiting_to_fold() -> bool:
    """Say whether there are differences to fold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM node_delta)")
        return bool(cursor.fetchone()[0])


def fold(_now: datetime) -> bool:
    """Fold differences into one row a node; say whether there were many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FOLD)
        folded: int = cursor.rowcount
    return folded > 0 and waiting_to_fold()
