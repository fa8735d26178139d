"""Counts what happened by day; a job renews the latest days, looking at the page counts nothing."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dashboard.models import DayFigure
from kernel import events
from kernel.zone import midnight, workspace_zone

# The 30 days shown and the 30 before.
DAYS = 61
# A mail's opens and clicks come in late, and spooled hits a little later than they happened.
RENEWED = 2
CONTACTS, MAILS, OPENS, CLICKS, COUNTED = "contacts", "mails", "opens", "clicks", "counted"
TYPES = {"emails.sent": MAILS, "emails.opened": OPENS, "emails.clicked": CLICKS}

# Two jobs may count the same day at once.
ON_CONFLICT = """
ON CONFLICT (day, what, owner_id)
DO UPDATE SET number = excluded.number, counted_at = excluded.counted_at"""
# One partition and one day of it. A person who opens a mail twice that day counts once.
COUNT_EVENTS = f"""
INSERT INTO day_figure (day, what, owner_id, number, counted_at)
SELECT %(day)s, what, coalesce(m.owner_id, 0), sum(number), %(now)s
FROM (SELECT t.what, e.subject_id,
             CASE WHEN t.what = 'mails' THEN count(*) ELSE count(DISTINCT e.contact_id) END number
      FROM event e JOIN unnest(%(types)s::smallint[], %(names)s::text[]) t(id, what)
        ON t.id = e.type_id
      WHERE e.retention = 2 AND e.type_id = ANY(%(types)s::smallint[])
        AND e.occurred_at >= %(begin)s AND e.occurred_at < %(end)s
        AND (e.verdict IS NULL OR e.verdict < 3)
      GROUP BY 1, 2) counted
LEFT JOIN email m ON m.id = counted.subject_id GROUP BY what, coalesce(m.owner_id, 0)
{ON_CONFLICT}"""  # noqa: S608 - constants
COUNT_CONTACTS = f"""
INSERT INTO day_figure (day, what, owner_id, number, counted_at)
SELECT %(day)s, 'contacts', coalesce(owner_id, 0), count(*), %(now)s FROM contact
WHERE created_at >= %(begin)s AND created_at < %(end)s GROUP BY coalesce(owner_id, 0)
{ON_CONFLICT}"""  # noqa: S608 - constants


def refresh(now: datetime) -> None:
    """Count the latest days anew, and earlier ones that nobody has counted yet."""
    today = now.astimezone(workspace_zone()).date()
    known = set(DayFigure.objects.filter(what=COUNTED).values_list("day", flat=True))
    for back in range(DAYS):
        day = today - timedelta(days=back)
        if back < RENEWED or day not in known:
            count_day(day, now)
    DayFigure.objects.filter(day__lt=today - timedelta(days=DAYS)).delete()


def forget_all() -> None:
    """Have everything counted anew."""
    DayFigure.objects.all().delete()


@transaction.atomic
def count_day(day: date, now: datetime) -> None:
    """Replace the figures of one day."""
    zone = workspace_zone()
    values: dict[str, Any] = {
        "day": day,
        "now": now,
        "begin": midnight(day, zone),
        "end": midnight(day + timedelta(days=1), zone),
        "types": [events.type_id(key) for key in TYPES],
        "names": list(TYPES.values()),
    }
    DayFigure.objects.filter(day=day).delete()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_EVENTS, values)
        cursor.execute(COUNT_CONTACTS, values)
    counted = DayFigure(day=day, what=COUNTED, owner_id=0, number=0, counted_at=now)
    DayFigure.objects.bulk_create(
        [counted],
        update_conflicts=True,
        unique_fields=["day", "what", "owner_id"],
        update_fields=["counted_at"],
    )
