"""Takes points back whose time is over, row by due row."""

from collections import defaultdict
from datetime import datetime

from django.db import connection, transaction

from kernel.locks import lock_contacts
from points.services import fading
from points.services.adjust import Gift, by_rule, give_all

MOST = 1_000
DUE = """
SELECT EXISTS (SELECT 1 FROM point_award
               WHERE expires_at <= %s AND expires_at IS NOT NULL AND expired_at IS NULL)"""
CANDIDATES = """
SELECT rule_id, event_id, contact_id FROM point_award
WHERE expires_at <= %s AND expires_at IS NOT NULL AND expired_at IS NULL
ORDER BY expires_at LIMIT %s"""
# Whoever was quicker, or judged the event anew meanwhile, has been here: each row goes once.
TAKE = """
UPDATE point_award a SET expired_at = %s
FROM unnest(%s::bigint[], %s::bigint[]) w(rule, event)
WHERE a.rule_id = w.rule AND a.event_id = w.event AND a.contact_id = ANY(%s::bigint[])
  AND a.expires_at <= %s AND a.expired_at IS NULL
RETURNING a.rule_id, a.group_id, a.contact_id, a.points"""


def is_due(now: datetime) -> bool:
    """Say whether the time of any points is over."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def expire(now: datetime) -> int:
    """Take back those that have been due longest; return how many rows there were."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [now, MOST])
        found = cursor.fetchall()
        held = lock_contacts(row[2] for row in found)
        rules, events = [row[0] for row in found], [row[1] for row in found]
        cursor.execute(TAKE, [now, rules, events, held, now])
        taken = cursor.fetchall()
    deltas: dict[tuple[int, int | None], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for rule, group, contact, points in taken:
        deltas[rule, group][contact] -= points
    gifts = [
        Gift(differences, group, by_rule(rule, "expired"))
        for (rule, group), differences in sorted(deltas.items(), key=str)
    ]
    give_all(fading.spared(gifts), now)
    return len(found)
