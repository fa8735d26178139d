"""Whom we may not measure: without consent no opening is seen, which is not a *no*."""

from collections.abc import Sequence

from django.db import connection

from campaigns.graph.plan import Node
from kernel import preferences
from kernel.events import kind_of

UNMEASURABLE = """
SELECT k FROM unnest(%s::bigint[]) k
LEFT JOIN consent c ON c.contact_id = k AND c.purpose = %s AND c.topic_id = 0
WHERE c.state = 'refused' OR (c.state IS NULL AND NOT %s)"""


def unmeasurable(node: Node, contacts: Sequence[int]) -> set[int]:
    """Return the contacts for whom the event a decision waits for cannot be seen."""
    purpose = kind_of(node.key).consent
    if not purpose or not contacts:
        return set()
    unasked = bool(preferences.get("tracking.measure_unasked"))
    with connection.cursor() as cursor:
        cursor.execute(UNMEASURABLE, [list(contacts), purpose, unasked])
        return {row[0] for row in cursor.fetchall()}
