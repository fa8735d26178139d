"""Who may get a text now, as one SQL expression.

Aliases: `d` = delivery, `c` = contact, `e` = text, `k` = consent to marketing by SMS.
"""

from typing import Any

from contacts.services import numbers
from contacts.words import PASSED_BY_TRANSACTIONAL
from sms.services import faults

JOINS = f"""
LEFT JOIN contact c ON c.id = d.contact_id
LEFT JOIN sms e ON e.id = d.sms_id
LEFT JOIN consent k ON k.contact_id = d.contact_id AND {numbers.CONSENT}"""
_OF_THE_ACCOUNT = ", ".join(f"'{code}'" for code in sorted(faults.CODES))
# Whom a run `o` has reached: not who was left out, nor whose text the provider refused to take, or
# could not bring there since the account was at fault.
REACHED = f"""o.state NOT IN (6, 7) AND NOT (o.state = 4 AND (o.sid IS NULL
      OR o.delivered_at IS NULL AND split_part(o.reason, ':', 1) IN ({_OF_THE_ACCOUNT})))"""
# Whom no earlier run has reached: neither their number nor, under another one, themselves. A text
# that failed reached nobody who has another number now.
NEW = f"""NOT EXISTS (
    SELECT 1 FROM sms_delivery o WHERE o.run_id = ANY(%(earlier)s) AND o.number = {{number}}
      AND {REACHED})
  AND NOT EXISTS (
    SELECT 1 FROM sms_delivery o WHERE o.cause = ANY(%(causes)s) AND o.contact_id = {{contact}}
      AND o.state NOT IN (4, 6, 7))"""  # noqa: S608 - fragments of ours
# Transactional texts go past what people refused as marketing, not past dead numbers, complaints
# and what was closed by hand.
_PASSED = " AND (NOT d.transactional OR {}.reason <> ALL(%(passed)s))"


def reason(number: str, *, by_hash: bool = True) -> str:
    """Return SQL: why nothing may be sent, NULL where nothing stands in the way.

    `number` is SQL of the number as it is dialled. What is closed for the contact is told before
    the list, on which the number of whoever wrote STOP stands, too.
    """
    listed = (numbers.LISTED if by_hash else numbers.BY_NUMBER).format(
        number=number, but=_PASSED.format("x")
    )
    return f"""
CASE
  WHEN c.id IS NULL THEN 'contact_gone'
  WHEN {numbers.HELD} AND NOT d.transactional THEN 'restricted'
  WHEN e.state IS DISTINCT FROM 'published' THEN 'sms_unpublished'
  WHEN coalesce(btrim(c.mobile), '') = '' THEN 'no_address'
  WHEN {number} IS NULL THEN 'invalid_address'
  ELSE coalesce({numbers.CLOSED.format(but=_PASSED.format("n"))},
    CASE WHEN {listed} THEN 'suppressed' WHEN d.transactional THEN NULL {numbers.UNWILLING} END)
END"""


def earlier(runs: list[int]) -> dict[str, Any]:
    """Return the parameters of `NEW`."""
    return {"earlier": runs, "causes": [f"broadcast:{run}" for run in runs]}


def policy() -> dict[str, Any]:
    """Return the parameters of `reason`."""
    return {**numbers.values(), "passed": list(PASSED_BY_TRANSACTIONAL)}
