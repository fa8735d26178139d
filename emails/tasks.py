"""Scheduled work of the email channel: what is kept for a while only."""

from datetime import timedelta

from django.db import connection

from emails.services import confirming, figures
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


@handles("emails.count_runs")
def count_runs(_job: Claimed) -> None:
    """Renew the figures that are kept of runs."""
    figures.renew(clock.now())
    figures.renew_emails(clock.now())


@handles("emails.purge_unconfirmed")
def purge_unconfirmed(_job: Claimed) -> None:
    """Forget whoever did not confirm their sign-up in time."""
    while confirming.purge(clock.now()):
        pass


scheduled("emails.count_runs", figures.RENEWED)
scheduled("emails.purge_unconfirmed", timedelta(hours=1))
scheduled("emails.trim_captured", timedelta(hours=1))
