"""Faults of the account that the provider tells by receipt, after it had taken the texts."""

from typing import Any

from django.db import connection

from sms.models import Receipt
from sms.services.twilio import OF_THE_ACCOUNT

# Beside what is refused at once: full queues, suspended accounts, filters of the networks, senders
# that are not registered where they write to.
CODES = OF_THE_ACCOUNT | {30001, 30002, 30007, 30032, 30034}
# So many in a row are no chance; among so many receipts of all sendings they are looked for.
ENOUGH, LOOKED_AT = 3, 1_000
ENDED = ("delivered", "read", "undelivered", "failed", "canceled")
# How the texts of a run ended that were told of last.
LAST = """
SELECT r.told->>'ErrorCode', r.told->>'ErrorMessage' FROM (
  SELECT id, delivery_id, told, status FROM sms_receipt WHERE sort = %(sort)s
  ORDER BY id DESC LIMIT %(looked_at)s) r
JOIN sms_delivery d ON d.id = r.delivery_id AND d.run_id = %(run)s
WHERE r.status = ANY(%(ended)s) ORDER BY r.id DESC LIMIT %(enough)s"""


def code_of(told: dict[str, Any]) -> int:
    """Return the number of what a receipt tells of, 0 where it has none."""
    code = str(told.get("ErrorCode") or "")
    return int(code) if code.isascii() and code.isdigit() and len(code) < 9 else 0


def of_run(run: int) -> str:
    """Return the words where the last texts of a run all ended with the account at fault."""
    values: dict[str, Any] = {"run": run, "ended": list(ENDED), "enough": ENOUGH}
    values |= {"sort": Receipt.Sort.STATUS.value, "looked_at": LOOKED_AT}
    with connection.cursor() as cursor:
        cursor.execute(LAST, values)
        rows = cursor.fetchall()
    if len(rows) < ENOUGH or any(code_of({"ErrorCode": row[0]}) not in CODES for row in rows):
        return ""
    return ": ".join(word for word in rows[0] if word)
