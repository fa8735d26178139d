"""Scheduled work of the email channel: captured mails are kept for a while, and not all of them."""

from datetime import timedelta

from django.db import connection

from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.schedule import scheduled

AGE = timedelta(days=14)
NUMBER = 20_000
TRIM = """
DELETE FROM captured_mail WHERE created_at < %s OR id <= (
  SELECT id FROM captured_mail ORDER BY id DESC OFFSET %s LIMIT 1)"""


@handles("emails.trim_captured")
def trim_captured(_job: Claimed) -> None:
    """Forget the oldest captured mails."""
    with connection.cursor() as cursor:
        cursor.execute(TRIM, [clock.now() - AGE, NUMBER])


scheduled("emails.trim_captured", timedelta(hours=1))
