"""Scheduled work of the SMS channel: what is kept for a while only."""

from datetime import timedelta

from django.db import connection

from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.schedule import scheduled

AGE, RECEIPTS_AGE = timedelta(days=14), timedelta(days=30)
# Whoever keeps a text that long finds its links dead.
LINKS_AGE = timedelta(days=400)
NUMBER = 20_000
TRIM = """
DELETE FROM captured_sms WHERE created_at < %s OR id <= (
  SELECT id FROM captured_sms ORDER BY id DESC OFFSET %s LIMIT 1)"""
FORGET = "DELETE FROM sms_receipt WHERE received_at < %s AND done_at IS NOT NULL"
UNLINK = """
DELETE FROM sms_link l USING sms_delivery d WHERE d.id = l.delivery_id AND d.created_at < %s"""


@handles("sms.trim")
def trim(_job: Claimed) -> None:
    """Forget the oldest captured texts, receipts that were worked on, and old links."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(TRIM, [now - AGE, NUMBER])
        cursor.execute(FORGET, [now - RECEIPTS_AGE])
        cursor.execute(UNLINK, [now - LINKS_AGE])


scheduled("sms.trim", timedelta(hours=1))
