"""The activity rank of everybody over sixty days of their log, and a run that finds nothing new.

The limit is one statement that scores, ranks and writes everybody, without notes, slices or news.
"""

from datetime import timedelta

from django.db import connection

from kernel import clock
from kernel.jobs import Jobs
from points.models import RankRun
from points.services import matrix, when
from tests.bench.bench import Bench
from tests.bench.population import TYPES, populate

BY_HAND = """
WITH scored AS (
  SELECT e.contact_id, count(*) AS score FROM event e JOIN event_type t ON t.id = e.type_id
  WHERE t.key = ANY(%(types)s) AND e.occurred_at > %(since)s AND e.occurred_at <= %(now)s
  GROUP BY e.contact_id),
ranked AS (SELECT contact_id, ntile(10) OVER (ORDER BY score) AS rank FROM scored)
UPDATE contact_state s SET activity_rank = coalesce(r.rank, 0)
FROM contact c LEFT JOIN ranked r ON r.contact_id = c.id WHERE c.id = s.contact_id"""


def run(bench: Bench) -> None:
    bench.on("people", populate)
    limit = bench.measure(_by_hand)
    bench.on("people", populate)
    first = bench.measure(_ours)
    done = RankRun.objects.latest("pk")
    assert done.finished_at
    assert done.changed == bench.size
    bench.metric("rank of everybody", first, "s", limit=limit, at_least=0.5)
    again = bench.measure(_ours)
    # While the first run worked, a few events grew older than the window.
    assert RankRun.objects.latest("pk").changed < bench.size // 100
    bench.metric("rank, nothing new", again, "s", limit=limit, at_least=0.5)


def _ours() -> None:
    when.begin(clock.now())
    while Jobs().work(clock.now()):
        pass


def _by_hand() -> None:
    now = clock.now()
    since = now - timedelta(days=matrix.DEFAULT["days"])
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"types": TYPES, "since": since, "now": now})
