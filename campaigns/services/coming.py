"""Whom time would lead in during the days to come, if nothing else happens: counted beforehand."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection

from campaigns.graph import timed
from campaigns.models import Campaign
from campaigns.services import returning, timing

AHEAD_DAYS = 30
LIMIT = "SELECT set_config('statement_timeout', %s, true)"
KEEP = """
DROP TABLE IF EXISTS pg_temp.coming;
CREATE TEMP TABLE coming ON COMMIT DROP AS SELECT DISTINCT contact_id FROM ({questions}) q"""
COUNT = f"""
SELECT count(*) FROM coming m JOIN contact c ON c.id = m.contact_id
LEFT JOIN (
  SELECT DISTINCT ON (contact_id) contact_id, entered_at, left_at FROM visit
  WHERE campaign_id = %(campaign)s ORDER BY contact_id, number DESC) v
  ON v.contact_id = m.contact_id
WHERE ({returning.kept_out("%(owner)s::bigint")}) IS NULL"""  # noqa: S608 - constants


def count(campaign: Campaign, values: Mapping[str, Any], left: Callable[[], int]) -> int | None:
    """Count whom the draft's sources that follow time would let in; None: it has none.

    `left` tells how many milliseconds there are.
    """
    sources = [source for source in campaign.sources if timed.kind_of(source)]
    if not sources:
        return None
    since = values["now"]
    until = since + timedelta(days=AHEAD_DAYS)
    if campaign.end_at is not None:
        until = min(until, campaign.end_at)
    asked = [
        question
        for source in sources
        if since < until
        # What the reader may not see is not counted for them either.
        and not timed.is_missing(source)
        and (question := timing.question(source, since, until)) is not None
    ]
    if not asked:
        return 0
    with connection.cursor() as cursor:
        questions = " UNION ALL ".join(question.sql for question in asked)
        params = [value for question in asked for value in question.params]
        for statement, given in (
            (KEEP.format(questions=questions), params),
            ("ANALYZE coming", None),
            (COUNT, values),
        ):
            cursor.execute(LIMIT, [str(left())])
            cursor.execute(statement, given)
        return int(cursor.fetchone()[0])
