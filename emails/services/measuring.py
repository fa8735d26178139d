"""Turns the hits of pixels and links into events, and keeps the firsts in the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from emails.models import Delivery
from emails.services import bursts, suspense
from kernel import events, preferences
from kernel.events import Fact
from kernel.withholding import RESTRICTED
from tracking.judging import Click, Verdict, of_click, of_open
from tracking.services.verdicts import Judgement, note
from tracking.signs import device_told
from tracking.spool import Line

# Whoever withdrew, or is restricted, is no longer measured, in mails that are long out too.
KNOWN = f"""
SELECT d.id, d.contact_id, d.email_id, d.cause, d.sent_at FROM delivery d
JOIN contact c ON c.id = d.contact_id
LEFT JOIN consent k ON k.contact_id = d.contact_id AND k.purpose = %s AND k.topic_id = 0
WHERE d.id = ANY(%s) AND coalesce(k.state, %s) = 'granted'
  AND c.withheld IS DISTINCT FROM {RESTRICTED}"""  # noqa: S608 - constants

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


class Ledger(NamedTuple):
    """What the ledger knows of a message whose reader may be measured."""

    delivery: int
    contact: int
    email: int
    cause: str
    sent_at: datetime | None


Hit = tuple[Ledger, datetime, Verdict, Mapping[str, Any]]


def opened(lines: Sequence[Line], now: datetime) -> None:
    """Record opens."""
    known = _known("open_tracking", {int(line.data["delivery"]) for line in lines})
    hits: list[Hit] = [
        (row, line.at, of_open(line.data), device_told(str(line.data.get("agent", ""))))
        for line in lines
        if (row := known.get(line.data["delivery"]))
    ]
    _record("emails.opened", hits, now)


def clicked(lines: Sequence[Line], now: datetime) -> None:
    """Record clicks, but for the suspicious ones, which wait a moment."""
    known = _known("click_tracking", {int(line.data["delivery"]) for line in lines})
    clicks = [
        Click(
            row.delivery,
            line.data["link"],
            line.data["url"],
            line.at,
            of_click(line.data, line.at, row.sent_at),
            device_told(str(line.data.get("agent", ""))),
        )
        for line in lines
        if (row := known.get(line.data["delivery"]))
    ]
    suspense.hold([click for click in clicks if click.verdict.suspicious], now)
    _record_clicks([click for click in clicks if not click.verdict.suspicious], known, now)
    bursts.look({click.delivery for click in clicks}, now)


def followed_by_people(deliveries: Sequence[int]) -> dict[int, int]:
    """Return the contact of each message that a person followed, for their browser's sake."""
    rows = Delivery.objects.filter(pk__in=deliveries, clicked_at__isnull=False)
    return dict(rows.values_list("pk", "contact_id"))


@transaction.atomic
def release(now: datetime) -> bool:
    """Record one slice of the clicks that have waited; say whether there was one."""
    clicks = suspense.ripe(now)
    known = _known("click_tracking", {click.delivery for click in clicks})
    _record_clicks([click for click in clicks if click.delivery in known], known, now)
    return bool(clicks)


def _record_clicks(clicks: Sequence[Click], known: dict[int, Ledger], now: datetime) -> None:
    hits = [(known[click.delivery], click.at, click.verdict, _told(click)) for click in clicks]
    _record("emails.clicked", hits, now)


def _told(click: Click) -> dict[str, Any]:
    return {"url": click.url, "link": click.link, **click.told}


def _record(key: str, hits: Sequence[Hit], now: datetime) -> None:
    if not hits:
        return
    values: dict[str, Any] = {
        "deliveries": [row.delivery for row, _at, _verdict, _data in hits],
        "times": [at for _row, at, _verdict, _data in hits],
        "verdicts": [verdict.value for _row, _at, verdict, _data in hits],
    }
    with connection.cursor() as cursor:
        cursor.execute(CLICKS if key == "emails.clicked" else OPENS, values)
    facts = [
        Fact(
            row.contact,
            at,
            subject=row.email,
            data={"delivery": str(row.delivery), "cause": row.cause, **data},
            verdict=verdict.value,
        )
        for row, at, verdict, data in hits
    ]
    numbers = events.record(key, facts, now=now)
    judged = zip(numbers, hits, strict=True)
    note((Judgement(number, hit[2].value, hit[2].reasons) for number, hit in judged), now)


def _known(purpose: str, deliveries: set[int]) -> dict[int, Ledger]:
    unasked = "granted" if preferences.get("tracking.measure_unasked") else "refused"
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [purpose, sorted(deliveries), unasked])
        return {row[0]: Ledger(*row) for row in cursor.fetchall()}
