"""Looking for reached goals among everybody on the way: after a publication, and as time passes.

What happens to one contact is told by the dispatcher. This finds the rest: goals of a version
that is new, configuration that changed for everybody, and filters that time alone makes true.
"""

from datetime import datetime, timedelta

from django.db import connection

from campaigns.graph.plan import Node, Plan
from kernel import filters, jobs
from kernel.models import Job

SEARCH, FOLLOW = "campaigns.search", "campaigns.follow_time"
CHUNK = 2_000
# What the dispatcher decided at an instant this far back may be committed only now: whom it saw
# on the old side of an edge is looked at once more.
OVERLAP = timedelta(minutes=2)
UNDER_WAY = """
SELECT id, contact_id FROM visit
WHERE campaign_id = %s AND left_at IS NULL AND id > %s ORDER BY id LIMIT %s"""
PASSED = """
SELECT c.id FROM visit v JOIN contact c ON c.id = v.contact_id {joins}
WHERE v.campaign_id = %s AND v.left_at IS NULL AND {sql}"""


def enqueue_search(campaign: int, now: datetime) -> None:
    """Queue a search among everybody on the way, unless one waits already."""
    waiting = Job.objects.filter(
        kind=SEARCH, state=Job.State.QUEUED, args__campaign=campaign, due_at__lte=now
    )
    if not waiting.exists():
        jobs.enqueue(SEARCH, {"campaign": campaign}, now=now)


def under_way(campaign: int, after: int) -> list[tuple[int, int]]:
    """Return the next visits under way with their contacts."""
    with connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, [campaign, after, CHUNK])
        found: list[tuple[int, int]] = cursor.fetchall()
        return found


def last_look() -> datetime | None:
    """Return when time was followed last, to the end."""
    looked = Job.objects.filter(kind=FOLLOW, state=Job.State.DONE).order_by("-created_at")
    return looked.values_list("created_at", flat=True).first()


def passed(plan: Plan, goal: Node, before: datetime, now: datetime) -> list[int]:
    """Return those on the way whom a moving window of a goal's filter passed over since."""
    found = filters.edges(goal.config["filter"], before - OVERLAP, now) if goal.reads else None
    if found is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            PASSED.format(joins=found.joins, sql=found.sql), [plan.campaign, *found.params]
        )
        return sorted({row[0] for row in cursor.fetchall()})
