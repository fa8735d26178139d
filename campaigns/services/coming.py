"""Whom time would lead in during the days to come, if nothing else happens: counted beforehand."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.graph import timed
from campaigns.models import Campaign
from campaigns.services import gathering, returning, timing

AHEAD_DAYS = 30
LIMIT = "SELECT set_config('statement_timeout', %s, true)"
KEEP = """
DROP TABLE IF EXISTS pg_temp.{table};
CREATE TEMP TABLE {table} ON COMMIT DROP AS {questions}"""
ASKED = "SELECT q.contact_id FROM ({question}) q WHERE {fresh}"
NOBODY = "SELECT id contact_id FROM contact WHERE false"
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
    _keep("coming", campaign.pk, [(source, since) for source in sources], until, left)
    with connection.cursor() as cursor:
        cursor.execute(LIMIT, [str(left())])
        cursor.execute(COUNT, values)
        return int(cursor.fetchone()[0])


def keep_standing(
    campaign: Campaign, now: datetime, left: Callable[[], int], *, catch_up: bool
) -> bool:
    """Keep in `standing` whom time alone would let in at once; say whether anybody might be."""
    found = timing.standing(campaign, now, catch_up=catch_up)
    _keep("standing", campaign.pk, found, now, left)
    return bool(found)


def _keep(
    table: str,
    campaign: int,
    sources: Sequence[tuple[Mapping[str, Any], datetime]],
    until: datetime,
    left: Callable[[], int],
) -> None:
    """Keep the contacts of several questions in a table of this transaction, each once."""
    questions, params = list[str](), list[Any]()
    for source, since in sources:
        # What the reader may not see is not counted for them either.
        if since >= until or timed.is_missing(source):
            continue
        asked = gathering.question(source, since, until)
        if asked is not None:
            fresh, values = gathering.fresh(source, campaign)
            questions.append(ASKED.format(question=asked.sql, fresh=fresh))
            params += [*asked.params, *values]
    with connection.cursor() as cursor:
        cursor.execute(LIMIT, [str(left())])
        whole = " UNION ".join([NOBODY, *questions])
        cursor.execute(KEEP.format(table=table, questions=whole), params)
        cursor.execute(f"ANALYZE {table}")
