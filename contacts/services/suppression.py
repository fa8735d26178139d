"""Addresses that are never written to, though nobody of that name is a contact (any more)."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.models import Consent, Contact, DoNotContact, Suppression
from contacts.values import ValueProblem, addresses, normal
from contacts.values.phones import dialled, international
from contacts.words import (
    PASSED_BY_TRANSACTIONAL,
    STRENGTH,
    Channel,
    ConsentState,
    Purpose,
    Reason,
)
from kernel import changes, preferences

# What filters read that ask whether an address is on the list.
READ = "suppression"

# The domain of the contact `c`, and whether there is one above it that anybody could close: most
# domains have none.
DOMAIN = "split_part(c.email_key, '@', 2)"
# Asked once a statement: where no entry holds for what is below it, domains are not looked at.
IS_DEEP = (
    "EXISTS (SELECT 1 FROM suppression x"
    " WHERE x.channel = 'email' AND x.kind = 'domain' AND x.below)"
    " AND split_part({domain}, '.', 3) <> ''"
)
DEEP = IS_DEEP.format(domain=DOMAIN)
# Entries `x` that hold for a domain since they hold for everything below theirs.
HOLDS_BELOW = (
    "x.channel = 'email' AND x.kind = 'domain' AND x.below"
    " AND x.value = ANY (domains_above({domain}))"
)
ABOVE = HOLDS_BELOW.format(domain=DOMAIN)
# The same over everybody: of three parts the two last are looked up in the entries, hashed once.
IS_BELOW = f"""{IS_DEEP} AND (
  substr({{domain}}, strpos({{domain}}, '.') + 1) IN (
    SELECT x.value FROM suppression x
    WHERE x.channel = 'email' AND x.kind = 'domain' AND x.below)
  OR split_part({{domain}}, '.', 4) <> ''
    AND EXISTS (SELECT 1 FROM suppression x WHERE {HOLDS_BELOW}))"""  # noqa: S608 - constants
BELOW = IS_BELOW.format(domain=DOMAIN)

# The database computes the digest too, so that whole batches are compared in one statement.
SUPPRESSED = """
SELECT DISTINCT c.id FROM contact c CROSS JOIN unnest(%(peppers)s::bytea[]) AS p(pepper)
JOIN suppression x ON x.channel = 'email' AND x.kind = 'hash'
  AND x.reason <> ALL(%(passed)s)
  AND x.value = encode(sha256(p.pepper || convert_to(c.email_key, 'UTF8')), 'hex')
WHERE c.id = ANY(%(contacts)s) AND c.email_key IS NOT NULL"""
# One reason is kept for an address: the strongest, also of people who had it one after the other.
REMEMBER = """
INSERT INTO suppression AS x (channel, kind, value, reason, comment, since)
SELECT DISTINCT ON (channel, value) channel, 'hash', value, reason, '', %(now)s
FROM unnest(%(channels)s::text[], %(values)s::text[], %(reasons)s::text[])
  AS kept(channel, value, reason)
ORDER BY channel, value, array_position(%(strength)s::text[], reason)
ON CONFLICT (channel, kind, value) DO UPDATE SET reason = excluded.reason
WHERE array_position(%(strength)s::text[], excluded.reason::text)
    < array_position(%(strength)s::text[], x.reason::text)"""
# The channels that a refusal of a purpose closes.
REFUSED = {Purpose.EMAIL.value: Channel.EMAIL, Purpose.SMS.value: Channel.SMS}
# Channel, address or number as it is compared, and why it is closed.
Closed = tuple[str, str, str]


def peppers() -> list[bytes]:
    """Return what stands before an address when its digest is made.

    Keys derived from the installation's secret and its elders, and nothing: lists that others
    hand out hold the plain SHA-256 of addresses.
    """
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.sha256(b"suppression:" + secret.encode()).digest() for secret in secrets]
    return [*keys, b""]


def digest(key: str) -> str:
    """Return what is kept of an address whose person was erased."""
    return hashlib.sha256(peppers()[0] + key.encode()).hexdigest()


def digests(key: str) -> list[str]:
    """Return all that may stand for an address: with the secrets of then and now, and plain."""
    return [hashlib.sha256(pepper + key.encode()).hexdigest() for pepper in peppers()]


def compared(channel: str, kind: str, value: str) -> str:
    """Return an entry's value as it is compared; `ValueProblem` for what can be none."""
    if kind == Suppression.Kind.DOMAIN:
        if channel != Channel.EMAIL:
            raise ValueProblem("invalid", _("Domains are of email alone."))
        return addresses.domain(value.strip().removeprefix("@"))
    if kind == Suppression.Kind.HASH and re.fullmatch("[0-9A-Fa-f]{32,}", value.strip()):
        return _sha256(value)
    if channel == Channel.EMAIL:
        key = normal("email", addresses.email(value))
    else:
        key = dialled(value, preferences.get("contacts.phone_region"))
    return digest(key) if kind == Suppression.Kind.HASH else key


def _sha256(value: str) -> str:
    """Return a hash somebody else made, as it is compared."""
    found = value.strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", found):
        words = _("A hash is the SHA-256 of the address in small letters: 64 digits from 0 to f.")
        raise ValueProblem("invalid", words)
    return found


def remember(closed: Sequence[Closed], now: datetime) -> None:
    """Keep that addresses are closed, without keeping the addresses."""
    if not closed:
        return
    values: dict[str, Any] = {
        "channels": [channel for channel, _key, _reason in closed],
        "values": [digest(key) for _channel, key, _reason in closed],
        "reasons": [reason for _channel, _key, reason in closed],
        "strength": list(STRENGTH),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, values)
    announce_addresses([key for channel, key, _reason in closed if channel == Channel.EMAIL])


def remember_closed(gone: Iterable[tuple[int, str, str]], now: datetime) -> None:
    """Keep every closed channel of contacts closed for what they lose: contact, channel, key."""
    keys: dict[tuple[int, str], list[str]] = defaultdict(list)
    for contact, channel, key in gone:
        keys[contact, channel].append(key)
    theirs = {"contact__in": {contact for contact, _channel in keys}}
    closed = DoNotContact.objects.filter(**theirs).values_list("contact_id", "channel", "reason")
    refused = Consent.objects.filter(**theirs, purpose__in=REFUSED, topic_id=0)
    left = refused.filter(state=ConsentState.REFUSED).values_list("contact_id", "purpose")
    told = ((contact, REFUSED[purpose], Reason.UNSUBSCRIBED) for contact, purpose in left)
    words = [*closed, *told]
    remember(
        [
            (channel, key, reason)
            for contact, channel, reason in words
            for key in keys.get((contact, channel), ())
        ],
        now,
    )


def suppressed_by_hash(contacts: Iterable[int], *, transactional: bool = False) -> list[int]:
    """Return which contacts have an email address that was closed when it lost its contact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM suppression WHERE kind = 'hash' LIMIT 1")
        if cursor.fetchone() is None:
            return []
        passed = list(PASSED_BY_TRANSACTIONAL) if transactional else []
        values: dict[str, Any] = {
            "peppers": peppers(),
            "contacts": list(contacts),
            "passed": passed,
        }
        cursor.execute(SUPPRESSED, values)
        return [row[0] for row in cursor.fetchall()]


def about(contact: int) -> list[Suppression]:
    """Return the entries that hold for a contact: of the address, its domain, a hash, a number."""
    row = Contact.objects.filter(pk=contact).values_list("email_key", "mobile").first()
    email, mobile = row or (None, None)
    held = Q(pk__in=())
    if email:
        domain = email.rpartition("@")[2]
        held |= Q(channel=Channel.EMAIL, kind=Suppression.Kind.ADDRESS, value=email)
        held |= Q(channel=Channel.EMAIL) & of_domain(domain)
        held |= _hashed(Channel.EMAIL, email)
    if mobile:
        number = international(mobile, preferences.get("contacts.phone_region"))
        held |= Q(channel=Channel.SMS, kind=Suppression.Kind.ADDRESS, value=number)
        held |= _hashed(Channel.SMS, number)
    return list(Suppression.objects.filter(held).order_by("since", "pk"))


def of_domain(domain: str) -> Q:
    """Return what finds the entries that hold for a domain: its own, and some of those above."""
    parts = domain.split(".")
    above = [".".join(parts[start:]) for start in range(1, len(parts) - 1)]
    own = Q(kind=Suppression.Kind.DOMAIN, value=domain)
    return own | Q(kind=Suppression.Kind.DOMAIN, value__in=above, below=True)


def _hashed(channel: str, key: str) -> Q:
    return Q(channel=channel, kind=Suppression.Kind.HASH, value__in=digests(key))


def kept_of(contacts: Sequence[int], channel: str) -> list[tuple[int, str]]:
    """Return contacts with the hashes that are on the list of the address or number they have."""
    kept = Suppression.objects.filter(channel=channel, kind=Suppression.Kind.HASH)
    column = {Channel.EMAIL: "email_key", Channel.SMS: "mobile"}.get(Channel(channel))
    if column is None or not kept.exists():
        return []
    region = preferences.get("contacts.phone_region")
    rows = Contact.objects.filter(pk__in=contacts, **{f"{column}__isnull": False})
    theirs = [
        (contact, each)
        for contact, held in rows.values_list("pk", column)
        for each in digests(held if column == "email_key" else international(held, region))
    ]
    found = kept.filter(value__in=[each for _contact, each in theirs])
    listed = set(found.values_list("value", flat=True))
    return [(contact, each) for contact, each in theirs if each in listed]


def announce(entries: Sequence[Suppression]) -> None:
    """Tell filters that entries came to the list or went: of whom, or of everybody."""
    mail = [entry for entry in entries if entry.channel == Channel.EMAIL]
    addresses = [entry.value for entry in mail if entry.kind == Suppression.Kind.ADDRESS]
    announce_addresses(addresses)
    if len(addresses) < len(mail):
        changes.announce_everyone([READ])


def announce_addresses(keys: Sequence[str]) -> None:
    """Tell filters that these addresses came to the list or went."""
    if keys:
        owners = Contact.objects.filter(email_key__in=keys).values_list("pk", flat=True)
        changes.announce(owners, [READ])
