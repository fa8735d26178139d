"""Finds links of one mail followed faster than by hand, and corrects what was taken for a person's.

A scanner follows all links within seconds; its first ones look like anybody's until the others
come. Those recorded are corrected, with their compensations; those that wait get their sign.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from emails.models import HeldClick
from kernel.events import type_id
from tracking.judging import BURST_LINKS, BURST_WITHIN, MACHINE
from tracking.services.corrections import correct

# A burst may straddle two batches, and lines of other machines come later.
LOOK_BACK = timedelta(minutes=2)

CLICKS = """
SELECT (e.data ->> 'delivery')::bigint, (e.data ->> 'link')::int, e.occurred_at, e.id, NULL::bigint
FROM delivery d JOIN event e ON e.contact_id = d.contact_id AND e.type_id = %(type)s
  AND e.occurred_at >= %(since)s AND e.data ->> 'delivery' = d.id::text
WHERE d.id = ANY(%(deliveries)s)
UNION ALL
SELECT delivery_id, link, at, NULL, id FROM held_click WHERE delivery_id = ANY(%(deliveries)s)
ORDER BY 1, 3 LIMIT 20000"""
# The first click of a person that is left, if any; a mail's clicks come after it was sent.
FIRST_LEFT = """
WITH held AS MATERIALIZED (
  SELECT id FROM delivery WHERE id = ANY(%(deliveries)s) ORDER BY id FOR NO KEY UPDATE)
UPDATE delivery d SET clicked_at = (
  SELECT min(e.occurred_at) FROM event e
  WHERE e.contact_id = d.contact_id AND e.type_id = %(type)s AND e.occurred_at >= d.created_at
    AND e.verdict IS DISTINCT FROM %(machine)s AND e.data ->> 'delivery' = d.id::text)
FROM held WHERE held.id = d.id"""


class Followed(NamedTuple):
    """A link that was followed: recorded as an event, or still waiting."""

    delivery: int
    link: int
    at: datetime
    event: int | None
    held: int | None


def look(deliveries: Iterable[int], now: datetime) -> None:
    """Look at the latest clicks of these messages, in the caller's transaction."""
    wanted = sorted(set(deliveries))
    if not wanted:
        return
    values: dict[str, Any] = {
        "deliveries": wanted,
        "type": type_id("emails.clicked"),
        "since": now - LOOK_BACK,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLICKS, values)
        followed = [Followed(*row) for row in cursor.fetchall()]
    found = set(_in_bursts(followed))
    if not found:
        return
    for row in HeldClick.objects.filter(pk__in=[click.held for click in found if click.held]):
        row.signs = sorted({*row.signs, "burst"})
        row.save(update_fields=["signs"])
    recorded = [(click.event, click.at) for click in found if click.event]
    changed = correct(recorded, MACHINE, ["burst"], now)
    events = {row.event for row in changed}
    touched = sorted({click.delivery for click in found if click.event in events})
    with connection.cursor() as cursor:
        cursor.execute(FIRST_LEFT, {**values, "deliveries": touched, "machine": MACHINE})


def _in_bursts(followed: Sequence[Followed]) -> Iterator[Followed]:
    """Yield the clicks of windows with several links; they come ordered by message and time."""
    links = Counter[int]()
    first = told = 0
    for last, click in enumerate(followed):
        if click.delivery != followed[first].delivery:
            first, links = last, Counter()
        links[click.link] += 1
        while click.at - followed[first].at > BURST_WITHIN:
            links[followed[first].link] -= 1
            first += 1
        if len(+links) >= BURST_LINKS:
            yield from followed[max(first, told) : last + 1]
            told = last + 1
