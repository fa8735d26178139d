"""Who may get a text now, as one SQL expression.

Aliases: `d` = delivery, `c` = contact, `e` = text, `k` = consent to marketing by SMS.
"""

from typing import Any

from contacts.services import numbers
from contacts.words import PASSED_BY_TRANSACTIONAL

JOINS = f"""
LEFT JOIN contact c ON c.id = d.contact_id
LEFT JOIN sms e ON e.id = d.sms_id
LEFT JOIN consent k ON k.contact_id = d.contact_id AND {numbers.CONSENT}"""
# Transactional texts go past what people refused as marketing, not past dead numbers, complaints
# and what was closed by hand.
_PASSED = " AND (NOT d.transactional OR {}.reason <> ALL(%(passed)s))"


def reason(number: str) -> str:
    """Return SQL: why nothing may be sent, NULL where nothing stands in the way.

    `number` is SQL of the number as it is dialled (`numbers.dialled`).
    """
    listed = numbers.LISTED.format(number=number, but=_PASSED.format("x"))
    return f"""
CASE
  WHEN c.id IS NULL THEN 'contact_gone'
  WHEN {numbers.HELD} AND NOT d.transactional THEN 'restricted'
  WHEN e.state IS DISTINCT FROM 'published' THEN 'sms_unpublished'
  WHEN coalesce(btrim(c.mobile), '') = '' THEN 'no_address'
  WHEN {number} IS NULL THEN 'invalid_address'
  WHEN {listed} THEN 'suppressed'
  ELSE coalesce({numbers.CLOSED.format(but=_PASSED.format("n"))},
    CASE WHEN d.transactional THEN NULL {numbers.UNWILLING} END)
END"""


def policy() -> dict[str, Any]:
    """Return the parameters of `reason`."""
    return {**numbers.values(), "passed": list(PASSED_BY_TRANSACTIONAL)}
