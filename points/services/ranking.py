"""Measures how active everybody was in a window, and writes the ranks that are new.

Nobody's 0 is told from a 0 of whom nothing may be measured, who has no address to be written to,
or is not known for as long as the first run waits: they have no rank unless they were active.
Equal scores are one rank, deciles or not.
"""

import time
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from kernel import changes, preferences
from kernel.filters.questions import LIMITS, WORK_MEM
from kernel.locks import lock_contacts
from points.models import RankDifference, RankRun
from points.services import matrix, when
from points.services.scoring import Scoring

READ = "state:activity_rank"
# How long measuring may take, with all its statements: less than a turn of a worker.
PATIENCE_MS = 200_000
# Contacts that are locked and written at a time.
SLICE = 10_000
KEEP_SCORES = "CREATE TEMPORARY TABLE rank_score ON COMMIT DROP AS {scores}"
# Of whom every purpose is closed nothing comes in; whoever is withheld is not ranked.
SAID = """
said AS (
  SELECT contact_id,
         count(*) FILTER (WHERE purpose = ANY(%(purposes)s) AND state = 'granted') AS yes,
         count(*) FILTER (WHERE purpose = ANY(%(purposes)s) AND state <> 'granted') AS no
  FROM consent WHERE topic_id = 0 {whom} GROUP BY contact_id),
withheld AS (
  SELECT id FROM contact WHERE withheld IS NOT NULL {which})"""
UNMEASURED = """
CASE WHEN cardinality(%(purposes)s::text[]) = 0 THEN false
     WHEN %(unasked)s THEN coalesce(k.no, 0) >= cardinality(%(purposes)s::text[])
     ELSE coalesce(k.yes, 0) = 0 END"""
# Whoever could not have been active yet is not inactive: imported today, or reached by nothing.
UNREACHED = "c.email IS NULL AND c.mobile IS NULL"
TOO_NEW = "c.created_at > %(known_since)s"
MEASURE = f"""
WITH {SAID.format(whom="", which="")},
ranked AS (
  SELECT s.contact_id, s.score, least(10, 1 + 10 * (rank() OVER (ORDER BY s.score) - 1)
    / greatest(count(*) OVER () - 1, 1))::smallint AS rank
  FROM rank_score s JOIN contact_state cs ON cs.contact_id = s.contact_id
  WHERE s.contact_id NOT IN (SELECT id FROM withheld)),
wanted AS MATERIALIZED (
  SELECT cs.contact_id, cs.activity_rank AS old, r.score,
    CASE WHEN r.rank IS NOT NULL THEN r.rank
         WHEN w.id IS NOT NULL OR {UNMEASURED} OR {UNREACHED} OR {TOO_NEW} THEN NULL
         ELSE 0 END AS rank
  FROM contact_state cs JOIN contact c ON c.id = cs.contact_id
  LEFT JOIN ranked r ON r.contact_id = cs.contact_id
  LEFT JOIN said k ON k.contact_id = cs.contact_id LEFT JOIN withheld w ON w.id = cs.contact_id),
kept AS (
  INSERT INTO rank_difference (contact_id, rank)
  SELECT contact_id, rank FROM wanted WHERE rank IS DISTINCT FROM old)
SELECT rank, count(*), min(score), count(*) FILTER (WHERE rank IS DISTINCT FROM old)
FROM wanted GROUP BY rank"""  # noqa: S608 - statements of ours
NEXT = "SELECT contact_id FROM rank_difference ORDER BY contact_id LIMIT %s"
TAKE = "DELETE FROM rank_difference WHERE contact_id = ANY(%s) RETURNING contact_id, rank"
# Who objected since it was measured gets no rank any more.
WRITE = """
WITH wanted AS (SELECT * FROM unnest(%s::bigint[], %s::smallint[]) w(contact_id, rank)),
held AS MATERIALIZED (
  SELECT s.contact_id FROM contact_state s JOIN wanted w ON w.contact_id = s.contact_id
  JOIN contact c ON c.id = s.contact_id WHERE w.rank IS NULL OR c.withheld IS NULL
  ORDER BY s.contact_id FOR NO KEY UPDATE OF s)
UPDATE contact_state s SET activity_rank = w.rank
FROM wanted w JOIN held h ON h.contact_id = w.contact_id
WHERE s.contact_id = w.contact_id AND s.activity_rank IS DISTINCT FROM w.rank
RETURNING s.contact_id"""


@transaction.atomic
def measure(now: datetime) -> RankRun:
    """Score everybody in one scan of the log, and note whose rank is another than before."""
    scoring = Scoring(matrix.settings(), now)
    RankDifference.objects.all().delete()
    statements: list[tuple[str, Any]] = [
        ("DROP TABLE IF EXISTS pg_temp.rank_score", None),
        (KEEP_SCORES.format(scores=scoring.scores()), scoring.parameters()),
        ("ANALYZE rank_score", None),
        (MEASURE, measurability(scoring)),
    ]
    ends = time.monotonic() + PATIENCE_MS / 1_000
    with connection.cursor() as cursor:
        for statement, values in statements:
            left = max(1, round((ends - time.monotonic()) * 1_000))
            cursor.execute(LIMITS, [str(left), WORK_MEM])
            cursor.execute(statement, values)
        found = {rank: row for rank, *row in cursor.fetchall()}
    ranks = [found.get(rank, (0, None, 0)) for rank in range(1, 11)]
    return RankRun.objects.create(
        at=now,
        since=scoring.since,
        settings=scoring.settings,
        bounds=[least for _count, least, _new in ranks],
        spread=[count for count, _least, _new in ranks],
        inactive=found.get(0, (0,))[0],
        unmeasurable=found.get(None, (0,))[0],
        changed=sum(row[2] for row in found.values()),
    )


def measurability(scoring: Scoring) -> dict[str, Any]:
    """Return what the question binds whether somebody's activity may be measured at all."""
    unasked = bool(preferences.get("tracking.measure_unasked"))
    return {
        "purposes": scoring.purposes(),
        "unasked": unasked,
        "known_since": scoring.at - when.FIRST,
    }


def write(run: RankRun) -> int:
    """Write a slice of what a run measured; return how much that was, 0 at the end."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [SLICE])
        found = [row[0] for row in cursor.fetchall()]
        # People first: whoever merges or forgets them deletes these rows, too, and has them locked.
        known = set(lock_contacts(found))
        cursor.execute(TAKE, [found])
        wanted = dict(cursor.fetchall())
        ids = sorted(known & set(wanted))
        cursor.execute(WRITE, [ids, [wanted[contact] for contact in ids]])
        changed = [row[0] for row in cursor.fetchall()]
    if run.changed <= changes.SHARED_PASS:
        changes.announce(changed, [READ], bulk=True)
    return len(found)


def finish(run: RankRun, now: datetime) -> None:
    """Tell segments once what changed for very many, and that the run has ended.

    What runs that were broken off wrote for very many, nobody was told yet.
    """
    untold = when.broken_off(run).values_list("changed", flat=True)
    if max(run.changed, *untold, 0) > changes.SHARED_PASS:
        changes.announce_everyone([READ])
    run.finished_at = now
    run.save(update_fields=["finished_at"])
