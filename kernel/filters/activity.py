"""How often something happened to one contact, said in words."""

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import moments
from kernel.events import MACHINE, type_id
from kernel.filters.pieces import When

# More than this is said as so many: nobody counts on.
MOST = 1_000
LAST = f"""
SELECT count(*), max(occurred_at) FROM (
  SELECT occurred_at FROM event
  WHERE contact_id = %s AND type_id = %s AND verdict IS DISTINCT FROM {MACHINE}
  ORDER BY occurred_at DESC LIMIT {MOST}) latest"""  # noqa: S608 - integers of ours


def said_activity(event: str, contact: int, when: When) -> str:
    """Say how often, and when last."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [contact, type_id(event)])
        number, last = cursor.fetchone()
    if not number:
        return _("never")
    return ngettext("%(count)s time, last %(day)s", "%(count)s times, last %(day)s", number) % {
        "count": number,
        "day": moments.day(last.astimezone(when.zone).date()),
    }
