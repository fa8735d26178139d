"""What stays closed when people are forgotten stays so by a keyed hash, whoever had closed it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from contacts.services import suppression
from contacts.services.known_by import Person
from contacts.services.suppression import Closed
from contacts.words import Channel

# Channels that were closed for them, whatever the reasons; a refusal of all mails, or of all texts,
# closes, too.
CLOSED = """
SELECT contact_id, channel, reason FROM do_not_contact WHERE contact_id = ANY(%(contacts)s)
UNION SELECT contact_id, CASE purpose WHEN 'sms_marketing' THEN 'sms' ELSE 'email' END,
  'unsubscribed' FROM consent
WHERE contact_id = ANY(%(contacts)s) AND purpose IN ('email_marketing', 'sms_marketing')
  AND topic_id = 0 AND state = 'refused'"""
# What is on the list by itself. What others are known by, too, still stands with them.
LISTED = """
SELECT x.id, x.channel, x.value, x.reason FROM suppression x
JOIN unnest(%s::text[], %s::text[]) AS theirs(channel, value)
  ON theirs.channel = x.channel AND theirs.value = x.value
WHERE x.kind = 'address' AND NOT EXISTS (
  SELECT 1 FROM contact c WHERE x.channel = 'email' AND c.email_key = x.value
    AND c.id <> ALL(%s))"""


def keep_closed(people: Sequence[Person], now: datetime) -> dict[int, list[Closed]]:
    """Keep closed what was closed for people who are about to be forgotten, by hashes alone.

    Returns channel, hash and reason of each, by person.
    """
    contacts = [person.contact for person in people]
    keys = {
        person.contact: {Channel.EMAIL: person.emails, Channel.SMS: person.mobiles}
        for person in people
    }
    theirs = [
        (channel, key)
        for known in keys.values()
        for channel, found in known.items()
        for key in found
    ]
    channels, values = [channel for channel, _key in theirs], [key for _channel, key in theirs]
    whose = {
        (channel, key): contact
        for contact, known in keys.items()
        for channel, found in known.items()
        for key in found
    }
    kept = []
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, {"contacts": contacts})
        for contact, channel, reason in cursor.fetchall():
            kept += [(channel, key, reason) for key in keys[contact].get(channel, ())]
        cursor.execute(LISTED, [channels, values, contacts])
        listed = cursor.fetchall()
        kept += [(channel, value, reason) for _pk, channel, value, reason in listed]
        if not kept:
            return {}
        suppression.remember(kept, now)
        cursor.execute("DELETE FROM suppression WHERE id = ANY(%s)", [[row[0] for row in listed]])
    closed: dict[int, list[Closed]] = {}
    for channel, key, reason in kept:
        entry = (channel, suppression.digest(key), reason)
        closed.setdefault(whose[channel, key], []).append(entry)
    return closed
