"""Who may get a message now: one address as a key, and the policy as one SQL expression.

Aliases: `d` = delivery, `c` = contact, `e` = email, `k` = consent, `kt` = consent to the topic.
"""

from collections.abc import Iterable
from typing import Any

from contacts.services import reaching
from contacts.services.suppression import suppressed_by_hash
from contacts.words import PASSED_BY_TRANSACTIONAL, STRENGTH

# Of the address, not of the contact: two contacts with one address are one reader.
KEY = "encode(substring(sha256(convert_to(c.email_key, 'UTF8')) from 1 for 16), 'hex')::uuid"

JOINS = f"""
LEFT JOIN contact c ON c.id = d.contact_id
LEFT JOIN email e ON e.id = d.email_id
LEFT JOIN consent k ON k.contact_id = d.contact_id AND {reaching.CONSENT}
LEFT JOIN consent kt ON kt.contact_id = d.contact_id AND kt.purpose = 'email_marketing'
                    AND kt.topic_id = e.topic_id"""

# Transactional mail goes past what people refused as marketing, not past what bounced,
# complained or was closed by hand. First reason found wins; NULL = may be sent. What is not of
# this mail alone is `contacts.services.reaching`, as everywhere.
_PASSED = "AND (NOT d.transactional OR {}.reason <> ALL(%(passed)s))"
REASON = f"""
CASE
  WHEN c.id IS NULL THEN 'contact_gone'
  WHEN {reaching.HELD} AND NOT d.transactional THEN 'restricted'
  WHEN e.state IS DISTINCT FROM 'published' THEN 'email_unpublished'
  WHEN c.email_key IS NULL THEN 'no_address'
  WHEN d.contact_id = ANY(%(hashed)s)
    OR {reaching.LISTED.format(but=" " + _PASSED.format("x"))} THEN 'suppressed'
  ELSE coalesce({reaching.CLOSED.format(but=" " + _PASSED.format("n"))},
    CASE WHEN d.transactional THEN NULL {reaching.UNWILLING.format(topic="kt.state")}
    END)
END"""

# The PostgreSQL types of what `policy` returns.
POLICY_TYPES = {
    "hashed": "bigint[]",
    "passed": "text[]",
    "strength": "text[]",
}


def policy(contacts: Iterable[int], *, transactional: bool, by_hash: bool = True) -> dict[str, Any]:
    """Return the parameters of `REASON` for deliveries to these contacts."""
    hashed = suppressed_by_hash(contacts, transactional=transactional) if by_hash else []
    return {
        "hashed": hashed,
        "passed": list(PASSED_BY_TRANSACTIONAL),
        "strength": list(STRENGTH),
    }
