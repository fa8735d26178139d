"""Scheduled work of the SMS channel: what is kept for a while only."""

from datetime import timedelta
from typing import Any

from django.db import connection

from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.queues import hint
from kernel.schedule import scheduled
from sms.services import figures, missed

AGE, RECEIPTS_AGE = timedelta(days=14), timedelta(days=30)
# Whoever keeps a text that long finds its links dead.
LINKS_AGE = timedelta(days=400)
NUMBER = 20_000
TRIM = """
DELETE FROM captured_sms WHERE created_at < %s OR id <= (
  SELECT id FROM captured_sms ORDER BY id DESC OFFSET %s LIMIT 1)"""
SLICE = 5_000
FORGET = """
DELETE FROM sms_receipt WHERE id IN (
  SELECT id FROM sms_receipt WHERE sort = 'status' AND received_at < %s AND done_at IS NOT NULL
  ORDER BY received_at LIMIT %s)"""
# Their names stay, so that nobody is unsubscribed, or comes back, by an old call sent again.
BLANK = """
UPDATE sms_receipt SET number = '', told = '{}', contact_id = NULL WHERE id IN (
  SELECT id FROM sms_receipt WHERE number <> '' AND received_at < %s AND done_at IS NOT NULL
  ORDER BY received_at LIMIT %s)"""
# The oldest links are of the oldest texts: so many are looked at, however many there are.
UNLINK = """
DELETE FROM sms_link WHERE code IN (
  SELECT l.code FROM (SELECT code, delivery_id FROM sms_link ORDER BY delivery_id LIMIT %(most)s) l
  JOIN sms_delivery d ON d.id = l.delivery_id WHERE d.created_at < %(before)s)"""


@handles("sms.trim")
def trim(_job: Claimed) -> None:
    """Forget the oldest captured texts, receipts that were worked on, and old links."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(TRIM, [now - AGE, NUMBER])
    _by_slices(FORGET, [now - RECEIPTS_AGE, SLICE])
    _by_slices(BLANK, [now - RECEIPTS_AGE, SLICE])
    _by_slices(UNLINK, {"most": SLICE, "before": now - LINKS_AGE})


@handles("sms.missed")
def look_up(_job: Claimed) -> None:
    """Take in what people wrote to us while we were away."""
    if missed.look(clock.now()):
        hint("sms.receipts")


@handles("sms.count")
def count(_job: Claimed) -> None:
    """Renew the figures that are kept of runs and texts."""
    figures.renew(clock.now())


def _by_slices(statement: str, values: Any) -> None:
    """Repeat it while there is more, each time in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        while cursor.rowcount == SLICE:
            cursor.execute(statement, values)


scheduled("sms.count", figures.RENEWED)
# A call that never came may have been a STOP.
scheduled("sms.missed", timedelta(minutes=15))
scheduled("sms.trim", timedelta(hours=1))
