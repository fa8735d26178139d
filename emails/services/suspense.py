"""Suspicious clicks wait here: whoever decides something in between waits for them."""

from collections.abc import Iterable
from datetime import datetime

import orjson
from django.db import connection

from emails.models import HeldClick
from tracking.judging import SUSPENSE, Click, Verdict, by_signs

SLICE = 500
RIPE = """
DELETE FROM held_click WHERE id IN (
  SELECT id FROM held_click WHERE due_at <= %s ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, delivery_id, link, url, at, signs, told::text"""


def hold(clicks: Iterable[Click], now: datetime) -> None:
    """Keep clicks until a second sign had its chance."""
    HeldClick.objects.bulk_create(
        HeldClick(
            delivery_id=click.delivery,
            link=click.link,
            url=click.url,
            at=click.at,
            signs=list(click.verdict.reasons),
            told=dict(click.told),
            due_at=max(now, click.at) + SUSPENSE,
        )
        for click in clicks
    )


def due(now: datetime) -> bool:
    """Say whether some have waited long enough."""
    return HeldClick.objects.filter(due_at__lte=now).exists()


def ripe(now: datetime) -> list[Click]:
    """Take those that have waited, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(RIPE, [now, SLICE])
        rows = sorted(cursor.fetchall(), key=lambda row: row[0])
    return [
        Click(delivery, link, url, at, _judged(signs), orjson.loads(told))
        for _number, delivery, link, url, at, signs, told in rows
    ]


def oldest() -> datetime | None:
    """Return when the oldest click that waits happened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(at) FROM held_click")
        first: datetime | None = cursor.fetchone()[0]
    return first


def _judged(signs: list[str]) -> Verdict:
    """Judge by all that is known by now; the wait is over either way."""
    only = [sign for sign in signs if sign != "program"]
    return by_signs(only, program="program" in signs)._replace(suspicious=False)
