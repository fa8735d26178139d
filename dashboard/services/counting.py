"""Counts what happened by day; a job renews the latest days, looking at the page counts nothing."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dashboard.models import DayFigure
from dashboard.services import readers
from kernel import events
from kernel.zone import midnight, workspace_zone

# The 30 days shown and the 30 before.
DAYS = 61
# Around midnight yesterday is still being written.
RENEWED = 2
CONTACTS, MAILS, COUNTED = "contacts", "mails", "counted"

# Two jobs may count the same day at once.
ON_CONFLICT = """
ON CONFLICT (day, what, owner_id)
DO UPDATE SET number = excluded.number, counted_at = excluded.counted_at"""
# One partition and one day of it.
COUNT_MAILS = f"""
INSERT INTO day_figure (day, what, owner_id, number, counted_at)
SELECT %(day)s, 'mails', coalesce(m.owner_id, 0), sum(number), %(now)s
FROM (SELECT e.subject_id, count(*) number FROM event e
      WHERE e.retention = 2 AND e.type_id = %(sent)s
        AND e.occurred_at >= %(begin)s AND e.occurred_at < %(end)s
      GROUP BY 1) counted
LEFT JOIN email m ON m.id = counted.subject_id GROUP BY coalesce(m.owner_id, 0)
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
    # Before what may run out of time: old days go whatever becomes of it.
    DayFigure.objects.filter(day__lt=today - timedelta(days=DAYS)).delete()
    readers.refresh(today, now)


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
        "sent": events.type_id("emails.sent"),
    }
    DayFigure.objects.filter(day=day).exclude(what__in=readers.ALL).delete()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_MAILS, values)
        cursor.execute(COUNT_CONTACTS, values)
    counted = DayFigure(day=day, what=COUNTED, owner_id=0, number=0, counted_at=now)
    DayFigure.objects.bulk_create(
        [counted],
        update_conflicts=True,
        unique_fields=["day", "what", "owner_id"],
        update_fields=["counted_at"],
    )
