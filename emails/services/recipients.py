"""Who may get a message now: one address as a key, and the policy as one SQL expression.

Aliases: `d` = delivery, `c` = contact, `e` = email, `n` = do_not_contact, `k` = consent.
"""

from collections.abc import Iterable
from typing import Any

from contacts.services.suppression import suppressed_by_hash
from kernel import preferences

# Of the address, not of the contact: two contacts with one address are one reader.
KEY = "encode(substring(sha256(convert_to(c.email_key, 'UTF8')) from 1 for 16), 'hex')::uuid"

JOINS = """
LEFT JOIN contact c ON c.id = d.contact_id
LEFT JOIN email e ON e.id = d.email_id
LEFT JOIN do_not_contact n ON n.contact_id = d.contact_id AND n.channel = 'email'
LEFT JOIN consent k ON k.contact_id = d.contact_id AND k.purpose = 'email_marketing'
                   AND k.topic_id = 0"""

# Transactional mail goes past what people refused as marketing, not past what bounced,
# complained or was closed by hand. First reason found wins; NULL = may be sent.
REASON = """
CASE
  WHEN c.id IS NULL THEN 'contact_gone'
  WHEN e.state IS DISTINCT FROM 'published' THEN 'email_unpublished'
  WHEN c.email_key IS NULL THEN 'no_address'
  WHEN d.contact_id = ANY(%(hashed)s) OR EXISTS (
    SELECT 1 FROM suppression x WHERE x.channel = 'email'
      AND (x.kind = 'address' AND x.value = c.email_key
           OR x.kind = 'domain' AND x.value = split_part(c.email_key, '@', 2))
      AND (NOT d.transactional OR x.reason NOT IN ('unsubscribed', 'soft_bounce')))
    THEN 'suppressed'
  WHEN n.reason IS NOT NULL
    AND (NOT d.transactional OR n.reason NOT IN ('unsubscribed', 'soft_bounce')) THEN n.reason
  WHEN NOT d.transactional
    AND (k.state = 'refused' OR %(asked)s AND k.state IS DISTINCT FROM 'granted')
    THEN 'no_consent'
END"""


def policy(contacts: Iterable[int], *, transactional: bool, by_hash: bool = True) -> dict[str, Any]:
    """Return the parameters of `REASON` for deliveries to these contacts."""
    return {
        "hashed": suppressed_by_hash(contacts) if by_hash else [],
        "asked": not transactional and bool(preferences.get("emails.require_consent")),
    }
