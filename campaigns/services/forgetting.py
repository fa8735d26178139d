"""Deleting the ways of a deleted campaign's contacts."""

from collections.abc import Sequence

from django.db import connection

CHUNK = 5_000
LIVE = """
DELETE FROM step
WHERE visit_id IN (SELECT id FROM visit WHERE campaign_id = %s ORDER BY id LIMIT %s)"""
VISITS = """
DELETE FROM visit WHERE id IN (SELECT id FROM visit WHERE campaign_id = %s ORDER BY id LIMIT %s)"""
OUT = """
DELETE FROM held_out WHERE id IN (SELECT id FROM held_out WHERE campaign_id = %s LIMIT %s)"""
LOG = """
DELETE FROM step_log WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM step_log WHERE node_id = ANY(%s::int[]) LIMIT %s))"""
FIGURES = "DELETE FROM {table} WHERE node_id = ANY(%s::int[])"


def forget_some(campaign: int, nodes: Sequence[int]) -> bool:
    """Delete some rows; say whether there were any."""
    with connection.cursor() as cursor:
        cursor.execute(LIVE, [campaign, CHUNK])
        cursor.execute(VISITS, [campaign, CHUNK])
        found: int = cursor.rowcount
        cursor.execute(OUT, [campaign, CHUNK])
        found += cursor.rowcount
        cursor.execute(LOG, [list(nodes), CHUNK])
        found += cursor.rowcount
        for table in ("node_delta", "node_count", "node_version", "node_day"):
            cursor.execute(FIGURES.format(table=table), [list(nodes)])
    return found > 0
