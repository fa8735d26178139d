"""Turns the hits of short links into events, and keeps the first in the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from kernel import events, preferences
from kernel.events import Fact
from kernel.withholding import RESTRICTED
from sms.models import TextDelivery
from tracking import visits
from tracking.judging import MACHINE, of_click
from tracking.services.verdicts import Judgement, note
from tracking.signs import device_told
from tracking.spool import Line

# Whoever withdrew, or is restricted, is no longer measured, in texts that are long out too.
KNOWN = f"""
SELECT d.id, d.contact_id, d.sms_id, d.cause, coalesce(d.sent_at, d.begun_at) FROM sms_delivery d
JOIN contact c ON c.id = d.contact_id
LEFT JOIN consent k ON k.contact_id = d.contact_id AND k.purpose = 'click_tracking'
                   AND k.topic_id = 0
WHERE d.id = ANY(%s) AND coalesce(k.state, %s) = 'granted'
  AND c.withheld IS DISTINCT FROM {RESTRICTED}"""  # noqa: S608 - constants
FIRST = """
WITH first AS (
  SELECT delivery, min(at) at FROM unnest(%(deliveries)s::bigint[], %(times)s::timestamptz[])
         h(delivery, at) GROUP BY delivery),
held AS MATERIALIZED (
  SELECT d.id FROM sms_delivery d JOIN first f ON f.delivery = d.id
  WHERE d.clicked_at IS NULL OR f.at < d.clicked_at ORDER BY d.id FOR NO KEY UPDATE OF d)
UPDATE sms_delivery d SET clicked_at = f.at
FROM first f JOIN held h ON h.id = f.delivery WHERE d.id = h.id"""


class Ledger(NamedTuple):
    """What the ledger knows of a text whose reader may be measured."""

    delivery: int
    contact: int
    sms: int
    cause: str
    sent_at: datetime | None


def clicked(lines: Sequence[Line], now: datetime) -> None:
    """Record clicks with their verdicts; what a machine did drives nothing."""
    known = _known({int(line.data["delivery"]) for line in lines})
    hits = [
        (row, line, of_click(line.data, line.at, row.sent_at))
        for line in lines
        if (row := known.get(line.data["delivery"]))
    ]
    people = [(row, line.at) for row, line, verdict in hits if verdict.value != MACHINE]
    with connection.cursor() as cursor:
        cursor.execute(
            FIRST,
            {
                "deliveries": [row.delivery for row, _at in people],
                "times": [at for _row, at in people],
            },
        )
    facts = [
        Fact(row.contact, line.at, row.sms, data=_told(row, line), verdict=verdict.value)
        for row, line, verdict in hits
    ]
    numbers = events.record("sms.clicked", facts, now=now)
    judged = zip(numbers, hits, strict=True)
    note((Judgement(number, hit[2].value, hit[2].reasons) for number, hit in judged), now)


def _told(row: Ledger, line: Line) -> dict[str, Any]:
    told = {"delivery": str(row.delivery), "cause": row.cause, "url": line.data["url"]}
    return {**told, "link": line.data["link"], **device_told(str(line.data.get("agent", "")))}


def followed_by_people(deliveries: Sequence[int]) -> dict[int, int]:
    """Return the contact of each text that a person followed, for their browser's sake."""
    rows = TextDelivery.objects.filter(pk__in=deliveries, clicked_at__isnull=False)
    return dict(rows.values_list("pk", "contact_id"))


def _known(deliveries: set[int]) -> dict[int, Ledger]:
    unasked = "granted" if preferences.get("tracking.measure_unasked") else "refused"
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [sorted(deliveries), unasked])
        return {row[0]: Ledger(*row) for row in cursor.fetchall()}


# Whom a browser belongs to that came by one of our texts.
visits.resolvers["sms"] = followed_by_people
