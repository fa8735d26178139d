"""Whom a marketing mail would reach: the one rule that sending, counts and pages ask.

What depends on the single mail comes on top where it is sent (`emails.services.recipients`): its
topic, its state, how often and when somebody wants to hear from us.
Aliases: `c` = contact, `k` = consent to marketing by email.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection

from contacts.services.suppression import (
    ABOVE,
    BELOW,
    DEEP,
    DOMAIN,
    peppers,
    suppressed_by_hash,
)
from contacts.words import STRENGTH
from kernel import preferences
from kernel.withholding import RESTRICTED

CONSENT = "k.purpose = 'email_marketing' AND k.topic_id = 0"
HELD = f"c.withheld = {RESTRICTED}"
# Address and domain are looked up apart: joined by OR, the whole list was read for each reader.
LISTED = f"""EXISTS (
    SELECT 1 FROM suppression x
    WHERE x.channel = 'email' AND x.kind = 'address' AND x.value = c.email_key{{but}}) OR EXISTS (
    SELECT 1 FROM suppression x
    WHERE x.channel = 'email' AND x.kind = 'domain'
      AND x.value = {DOMAIN}{{but}}) OR ({DEEP} AND EXISTS (
    SELECT 1 FROM suppression x
    WHERE {ABOVE}{{but}}))"""  # noqa: S608 - constants
CLOSED = """
    (SELECT n.reason FROM do_not_contact n
     WHERE n.contact_id = c.id AND n.channel = 'email'{but}
     ORDER BY array_position(%(strength)s::varchar[], n.reason) LIMIT 1)"""
REQUIRED = "(SELECT p.value = 'true' FROM preference p WHERE p.key = 'emails.require_consent')"
# `topic` is the state of the consent to what the mail is about; of mail in general there is none.
UNWILLING = f"""
      WHEN {{topic}} = 'refused' THEN 'topic_refused'
      WHEN k.state = 'refused' THEN 'no_consent'
      WHEN k.state = 'pending' OR {{topic}} = 'pending' THEN 'unconfirmed'
      WHEN k.state IS NULL AND {{topic}} IS NULL AND {REQUIRED} THEN 'no_consent'"""

WHY = f"""
SELECT c.id, CASE
  WHEN {HELD} THEN 'restricted'
  WHEN c.email_key IS NULL THEN 'no_address'
  WHEN c.id = ANY(%(hashed)s) OR {LISTED.format(but="")} THEN 'suppressed'
  ELSE coalesce({CLOSED.format(but="")}, CASE {UNWILLING.format(topic="NULL::text")} END) END
FROM contact c LEFT JOIN consent k ON k.contact_id = c.id AND {CONSENT}
WHERE c.id = ANY(%(contacts)s)"""  # noqa: S608 - constants

# The same over everybody: sets are gathered once, where `WHY` looks each up.
REACHED = f"""({HELD}) IS NOT TRUE AND c.email_key IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.channel = 'email' AND x.kind = 'address'
                AND x.value = c.email_key)
AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.channel = 'email' AND x.kind = 'domain'
                AND x.value = {DOMAIN})
AND NOT ({BELOW})
AND NOT EXISTS (SELECT 1 FROM do_not_contact n WHERE n.contact_id = c.id AND n.channel = 'email')
AND NOT EXISTS (SELECT 1 FROM consent k WHERE k.contact_id = c.id AND {CONSENT}
                AND k.state IN ('refused', 'pending'))
AND ({REQUIRED} IS NOT TRUE
     OR EXISTS (SELECT 1 FROM consent k WHERE k.contact_id = c.id AND {CONSENT}))"""  # noqa: S608
HASHED = """
AND encode(sha256(%s || convert_to(c.email_key, 'UTF8')), 'hex') NOT IN (
  SELECT x.value FROM suppression x WHERE x.channel = 'email' AND x.kind = 'hash')"""


def why_not(contacts: Collection[int]) -> dict[int, str]:
    """Return why no marketing mail reaches these contacts, for those whom none does."""
    wanted = list(contacts)
    values: dict[str, Any] = {
        "contacts": wanted,
        "hashed": suppressed_by_hash(wanted),
        "strength": list(STRENGTH),
    }
    with connection.cursor() as cursor:
        cursor.execute(WHY, values)
        return {contact: reason for contact, reason in cursor.fetchall() if reason}


def reached() -> tuple[str, list[Any]]:
    """Return SQL over `c`, with its parameters, for all whom a marketing mail would reach."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM suppression WHERE kind = 'hash')")
        keys = peppers() if cursor.fetchone()[0] else []
    return f"{REACHED}{HASHED * len(keys)}", keys


def readers() -> str:
    """Return SQL that counts them: people who share an address get one mail.

    Where the one of the lowest id is not reached a broadcast leaves the others out, too; they
    count here, since a filter does not say which of them will be in the segment.
    """
    alone = "email" in preferences.get("contacts.unique_kinds")
    return "count(*)" if alone else "count(DISTINCT c.email_key)"
