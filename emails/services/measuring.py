"""Turns the hits of pixels and links into events, and keeps the firsts in the ledger."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from emails.services import verdicts
from kernel import events, preferences
from kernel.documents import dumps
from kernel.partitions import ensure_partitions
from tracking.spool import Line

# Whoever withdrew is no longer measured, in mails that are long out too.
KNOWN = """
SELECT d.id, d.contact_id, d.email_id, d.cause, d.sent_at FROM delivery d
JOIN contact c ON c.id = d.contact_id
LEFT JOIN consent k ON k.contact_id = d.contact_id AND k.purpose = %s AND k.topic_id = 0
WHERE d.id = ANY(%s) AND coalesce(k.state, %s) = 'granted'"""

FIRSTS = """
WITH first AS (
  SELECT delivery, min(at) FILTER (WHERE verdict <> 3) by_person,
         min(at) FILTER (WHERE verdict = 3) by_machine
  FROM unnest(%(deliveries)s::bigint[], %(times)s::timestamptz[], %(verdicts)s::smallint[])
       h(delivery, at, verdict)
  GROUP BY delivery),
held AS MATERIALIZED (
  SELECT d.id FROM delivery d JOIN first f ON f.delivery = d.id
  WHERE {news} ORDER BY d.id FOR NO KEY UPDATE OF d)
UPDATE delivery d SET {sets} FROM first f JOIN held h ON h.id = f.delivery WHERE d.id = h.id"""
OPENS = FIRSTS.format(
    news="(f.by_person < d.opened_at OR d.opened_at IS NULL AND f.by_person IS NOT NULL)"
    " OR (d.machine_at IS NULL AND f.by_machine IS NOT NULL)",
    sets="opened_at = least(d.opened_at, f.by_person),"
    " machine_at = least(d.machine_at, f.by_machine)",
)
CLICKS = FIRSTS.format(
    news="f.by_person < d.clicked_at OR d.clicked_at IS NULL AND f.by_person IS NOT NULL",
    sets="clicked_at = least(d.clicked_at, f.by_person)",
)
RECORD = f"""
WITH fresh AS (
  SELECT contact_id, subject_id, occurred_at, verdict, data::jsonb AS data
  FROM unnest(%(contacts)s::bigint[], %(emails)s::bigint[], %(times)s::timestamptz[],
              %(verdicts)s::smallint[], %(documents)s::text[]) WITH ORDINALITY
       AS h(contact_id, subject_id, occurred_at, verdict, data, place)
  ORDER BY place),
{events.RECORD_ROWS} SELECT count(*) FROM facts"""  # noqa: S608 - constants

Ledger = tuple[int, int, int, str, datetime | None]
Judge = Callable[[Line, Ledger], int]


def opened(lines: Sequence[Line], now: datetime) -> None:
    """Record opens."""

    def judge(line: Line, _row: Ledger) -> int:
        return verdicts.of_open(line.data)

    _record("emails.opened", "open_tracking", lines, judge, now)


def clicked(lines: Sequence[Line], now: datetime) -> None:
    """Record clicks."""

    def judge(line: Line, row: Ledger) -> int:
        return verdicts.of_click(line.data, line.at, row[4])

    _record("emails.clicked", "click_tracking", lines, judge, now)


def _record(key: str, purpose: str, lines: Sequence[Line], judge: Judge, now: datetime) -> None:
    known = _known(purpose, {int(line.data["delivery"]) for line in lines})
    hits = [
        (line, known[line.data["delivery"]]) for line in lines if line.data["delivery"] in known
    ]
    if not hits:
        return
    ensure_partitions({line.at for line, _row in hits})
    values: dict[str, Any] = {
        "deliveries": [row[0] for _line, row in hits],
        "contacts": [row[1] for _line, row in hits],
        "emails": [row[2] for _line, row in hits],
        "times": [line.at for line, _row in hits],
        "verdicts": [int(judge(line, row)) for line, row in hits],
        "documents": [_document(line, row) for line, row in hits],
    }
    with connection.cursor() as cursor:
        cursor.execute(CLICKS if key == "emails.clicked" else OPENS, values)
        cursor.execute(RECORD, {**values, **events.parameters(key, now=now)})


def _known(purpose: str, deliveries: set[int]) -> dict[int, Ledger]:
    unasked = "granted" if preferences.get("tracking.measure_unasked") else "refused"
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [purpose, sorted(deliveries), unasked])
        return {row[0]: row for row in cursor.fetchall()}


def _document(line: Line, row: Ledger) -> str:
    document: dict[str, Any] = {"delivery": str(row[0]), "cause": row[3]}
    if "url" in line.data:
        document |= {"url": line.data["url"], "link": line.data["link"]}
    return dumps(document)
