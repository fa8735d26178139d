"""The figures of the canvas: differences of each transaction, folded every second."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from campaigns.models import Outcome
from kernel.zone import ZONE

# What lists show of a node, and what is known besides.
NAMES = ("waiting", "done", "yes", "no", "not_measurable", "failed")
ALL = (*NAMES, "came", "skipped", "failures")
# Of a step whose people take another number nothing changes, whatever their version.
NO_VERSION = 0
_BY_OUTCOME = {
    int(Outcome.YES): "yes",
    int(Outcome.NO): "no",
    int(Outcome.NOT_MEASURABLE): "not_measurable",
    int(Outcome.SKIPPED): "skipped",
}
# The day of `now` in the workspace's zone.
DAY = f"(%(now)s::timestamptz AT TIME ZONE {ZONE})::date"
_PLACE = ("node_id", "day", "version_id", "branch")
_VERSION = ("node_id", "branch", "version_id")


def _sums(names: Sequence[str]) -> str:
    return ", ".join(f"sum({name})" for name in names)


def _added(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)


ADD = f"""
INSERT INTO node_delta (node_id, version_id, branch, {", ".join(ALL)}, day)
SELECT k.*, {DAY} FROM unnest(%(nodes)s::int[], %(versions)s::bigint[], %(branches)s::smallint[],
  {", ".join(f"%({name})s::int[]" for name in ALL)}) k"""  # noqa: S608 - constants
FOLD = f"""
WITH taken AS (
  DELETE FROM node_delta WHERE id = ANY (ARRAY(
    SELECT id FROM node_delta ORDER BY id LIMIT 20000 FOR UPDATE SKIP LOCKED))
  RETURNING {", ".join((*_PLACE, *ALL))}),
whole AS (
  INSERT INTO node_count (node_id, {", ".join(ALL)})
  SELECT node_id, {_sums(ALL)} FROM taken WHERE branch = 0 GROUP BY node_id ORDER BY node_id
  ON CONFLICT (node_id) DO UPDATE SET {_added("node_count", ALL)}),
versions AS (
  INSERT INTO node_version ({", ".join((*_VERSION, *ALL))})
  SELECT {", ".join(_VERSION)}, {_sums(ALL)} FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT ({", ".join(_VERSION)}) DO UPDATE SET {_added("node_version", ALL)})
INSERT INTO node_day ({", ".join((*_PLACE, *ALL))})
SELECT {", ".join(_PLACE)}, {_sums(ALL)} FROM taken GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
ON CONFLICT ({", ".join(_PLACE)}) DO UPDATE SET {_added("node_day", ALL)}"""  # noqa: S608 - constants
READ = f"""
SELECT node_id, {_sums(NAMES)}
FROM (SELECT node_id, {", ".join(NAMES)} FROM node_count
      UNION ALL
      SELECT node_id, {", ".join(NAMES)} FROM node_delta WHERE branch = 0) f
WHERE node_id = ANY(%s::int[]) GROUP BY node_id"""  # noqa: S608 - constants
VERSIONS = "SELECT id, version_id FROM visit WHERE id = ANY(%s::bigint[])"


class Tally:
    """What one transaction changes, by node and the version its ways began in."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._counted: dict[tuple[int, int, int], Counter[str]] = defaultdict(Counter)

    def add(self, node: int, version: int, **differences: int) -> None:
        """Note differences of a node's figures."""
        self._counted[node, version, 0].update(differences)

    def end(self, node: int, version: int, outcome: int, count: int) -> None:
        """Note finished steps, which wait no more, by how they ended."""
        self.add(node, version, waiting=-count, done=count)
        if outcome in _BY_OUTCOME:
            self.add(node, version, **{_BY_OUTCOME[outcome]: count})
        elif outcome >= Outcome.BRANCH:
            self._counted[node, version, outcome - Outcome.BRANCH + 1]["done"] += count

    def write(self) -> None:
        """Append what was noted, in one statement; nothing where nothing changed."""
        rows = [
            (*place, *(changed[name] for name in ALL))
            for place, changed in sorted(self._counted.items())
            if any(changed.values())
        ]
        if not rows:
            return
        names = ("nodes", "versions", "branches", *ALL)
        columns = [list(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(ADD, {"now": self.now, **dict(zip(names, columns, strict=True))})


def lift(gone: Iterable[tuple[int, int, bool]], now: datetime) -> None:
    """Note live steps that were taken away: visit, node, and whether it was parked."""
    _place(gone, now, {False: {"waiting": -1}, True: {"failed": -1}})


def land(landed: Iterable[tuple[int, int]], now: datetime) -> None:
    """Note arrivals: node and visit."""
    arrived = [(visit, node, False) for node, visit in landed]
    _place(arrived, now, {False: {"waiting": 1, "came": 1}})


def _place(
    moved: Iterable[tuple[int, int, bool]], now: datetime, each: dict[bool, dict[str, int]]
) -> None:
    rows = list(moved)
    versions = versions_of(sorted({visit for visit, _node, _parked in rows}))
    tally = Tally(now)
    for visit, node, parked in rows:
        tally.add(node, versions[visit], **each[parked])
    tally.write()


def versions_of(visits: Sequence[int]) -> dict[int, int]:
    """Return by which version each of these visits began."""
    if not visits:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [list(visits)])
        return dict(cursor.fetchall())


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
    """Fold differences into a row a node, one a version, one a day; say whether there were many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FOLD)
        folded: int = cursor.rowcount
    return folded > 0 and waiting_to_fold()
