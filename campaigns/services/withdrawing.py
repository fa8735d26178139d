"""Whoever is restricted, or objects to profiling, leaves the campaigns they are on the way in."""

from datetime import datetime

from django.db import connection

from campaigns.models import LeftFor
from campaigns.services.leaving import leave
from campaigns.services.planning import by_index
from kernel import withholding
from kernel.changes import Changes
from kernel.events import type_id

# Two that became one are under the stricter rule of both.
MERGED = "contacts.merged"
UNDER_WAY = """
SELECT campaign_id, array_agg(id ORDER BY id) FROM visit
WHERE contact_id = ANY(%s::bigint[]) AND left_at IS NULL GROUP BY 1 ORDER BY 1"""


def withdraw(changes: Changes, now: datetime, *, depth: int) -> int:
    """End the visits of those withheld now; return how many that were."""
    merged = type_id(MERGED)
    concerned = {
        change.contact
        for change in changes.changes
        if withholding.READ in change.reads or change.type_id == merged
    }
    held = withholding.unprofiled(concerned) if concerned else set()
    if not held:
        return 0
    with by_index(), connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, [sorted(held)])
        visits = cursor.fetchall()
    return sum(leave(campaign, ids, LeftFor.WITHHELD, now, depth=depth) for campaign, ids in visits)
