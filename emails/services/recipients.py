"""Who may get a message now: one address as a key, and the policy as one SQL expression.

Aliases: `d` = delivery, `c` = contact, `e` = email, `k` = consent, `kt` = consent to the topic.
"""

from collections.abc import Iterable
from typing import Any

from contacts.services.suppression import suppressed_by_hash
from contacts.words import PASSED_BY_TRANSACTIONAL, STRENGTH
from kernel.withholding import RESTRICTED

# Of the address, not of the contact: two contacts with one address are one reader.
KEY = "encode(substring(sha256(convert_to(c.email_key, 'UTF8')) from 1 for 16), 'hex')::uuid"

JOINS = """
LEFT JOIN contact c ON c.id = d.contact_id
LEFT JOIN email e ON e.id = d.email_id
LEFT JOIN consent k ON k.contact_id = d.contact_id AND k.purpose = 'email_marketing'
                   AND k.topic_id = 0
LEFT JOIN consent kt ON kt.contact_id = d.contact_id AND kt.purpose = 'email_marketing'
                    AND kt.topic_id = e.topic_id"""

# Transactional mail goes past what people refused as marketing, not past what bounced,
# complained or was closed by hand. First reason found wins; NULL = may be sent. Address and domain
# are looked up apart: joined by OR, the whole list was read for each reader.
REASON = f"""
CASE
  WHEN c.id IS NULL THEN 'contact_gone'
  WHEN c.withheld = {RESTRICTED} AND NOT d.transactional THEN 'restricted'
  WHEN e.state IS DISTINCT FROM 'published' THEN 'email_unpublished'
  WHEN c.email_key IS NULL THEN 'no_address'
  WHEN d.contact_id = ANY(%(hashed)s) OR EXISTS (
    SELECT 1 FROM suppression x
    WHERE x.channel = 'email' AND x.kind = 'address' AND x.value = c.email_key
      AND (NOT d.transactional OR x.reason <> ALL(%(passed)s))) OR EXISTS (
    SELECT 1 FROM suppression x
    WHERE x.channel = 'email' AND x.kind = 'domain' AND x.value = split_part(c.email_key, '@', 2)
      AND (NOT d.transactional OR x.reason <> ALL(%(passed)s)))
    THEN 'suppressed'
  ELSE coalesce(
    (SELECT n.reason FROM do_not_contact n
     WHERE n.contact_id = d.contact_id AND n.channel = 'email'
       AND (NOT d.transactional OR n.reason <> ALL(%(passed)s))
     ORDER BY array_position(%(strength)s::varchar[], n.reason) LIMIT 1),
    CASE WHEN d.transactional THEN NULL
      WHEN kt.state = 'refused' THEN 'topic_refused'
      WHEN k.state = 'refused' THEN 'no_consent'
      WHEN k.state = 'pending' OR kt.state = 'pending' THEN 'unconfirmed'
      WHEN k.state IS NULL AND kt.state IS NULL AND
        (SELECT p.value = 'true' FROM preference p WHERE p.key = 'emails.require_consent')
        THEN 'no_consent'
    END)
END"""  # noqa: S608 - constants

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
