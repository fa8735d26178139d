"""Contacts that share a value: the first page of them, and the job that merges them all.

The limit of the page is one statement that groups everybody and counts nothing else.
"""

from django.db import connection

from accounts.models import BuiltIn, Role, User
from contacts.services import duplicates, merging_duplicates
from kernel import clock
from kernel.jobs import Jobs
from kernel.models import Job
from tests.bench.bench import Bench
from tests.bench.population import populate

PAGE = 25
# One in so many is the same as the one before, up to so many pairs.
STEP, MOST = 20, 20_000
SHARE = """
UPDATE contact c SET attrs = c.attrs || jsonb_build_object('t2', b.attrs ->> 't2')
FROM contact b WHERE c.id %% %s = 0 AND b.id = c.id - 1 AND c.id <= %s"""
BY_HAND = """
SELECT lower(btrim(attrs ->> 't2')), array_agg(id) FROM contact
WHERE attrs ->> 't2' IS NOT NULL GROUP BY 1 HAVING count(*) > 1"""


def run(bench: Bench) -> None:
    bench.on("people", populate)
    role = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    user = User.objects.create_user("bench@example.com", None, role=role)
    pairs = min(MOST, bench.size // STEP)
    with connection.cursor() as cursor:
        cursor.execute(SHARE, [STEP, pairs * STEP])
    limit = bench.measure(lambda: _by_hand(pairs))
    page = bench.measure(lambda: duplicates.groups("t2", user, "", PAGE))
    bench.metric("first page of duplicates", page, "s", limit=limit, at_least=0.5)
    merging_duplicates.start("t2", "oldest", dry=False, user_id=user.pk)
    took = bench.measure(_work)
    done = Job.objects.get(kind=merging_duplicates.KIND)
    assert done.progress["contacts"] == pairs, done.progress
    bench.metric(f"{pairs:,} pairs found and merged", pairs / took, "merges/s")


def _work() -> None:
    while Job.objects.filter(kind=merging_duplicates.KIND, state__in=("queued", "running")):
        Jobs().work(clock.now())


def _by_hand(pairs: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND)
        assert len(cursor.fetchall()) == pairs
