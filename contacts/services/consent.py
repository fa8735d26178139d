"""What people agreed to, with proof, and the channels that are closed for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from contacts.models import ChannelWish, Contact, DoNotContact
from contacts.services import suppression
from contacts.words import Channel, Purpose, Reason
from kernel import events, origins, withholding
from kernel.changes import announce
from kernel.documents import dumps
from kernel.locks import lock_contacts
from kernel.partitions import ensure_partitions

# More contacts than this yield to what people do one by one.
MANY = 1_000
# How an address bounces is one thing: the latest word replaces the one before.
BOUNCES = (Reason.HARD_BOUNCE, Reason.SOFT_BOUNCE)

GIVE = f"""
WITH said AS (SELECT unnest(%(contacts)s::bigint[]) AS contact_id),
proof AS (
  INSERT INTO consent_record
    (contact_id, purpose, topic_id, state, at, source, reference, text, language, ip, recorded_at)
  SELECT contact_id, %(purpose)s, %(topic)s, %(state)s, %(said_at)s, %(source)s, %(reference)s,
         %(text)s, %(language)s, %(ip)s, %(at)s
  FROM said),
kept AS (
  INSERT INTO consent (contact_id, purpose, topic_id, state, at)
  SELECT contact_id, %(purpose)s, %(topic)s, %(state)s, %(said_at)s FROM said
  ON CONFLICT (contact_id, purpose, topic_id) DO UPDATE
    SET state = excluded.state, at = excluded.at, asked_at = NULL
    WHERE consent.at <= excluded.at
      AND NOT (consent.state = 'granted' AND excluded.state = 'pending')),
fresh AS (
  SELECT contact_id, NULL::bigint AS subject_id, %(said_at)s::timestamptz AS occurred_at,
         NULL::smallint AS verdict, %(data)s::jsonb AS data
  FROM said),
{events.RECORD_ROWS}
SELECT count(*) FROM facts"""  # noqa: S608 - constants
_EVENT = """
SELECT contact_id, NULL::bigint AS subject_id, %(at)s::timestamptz AS occurred_at,
       NULL::smallint AS verdict,"""
# One reason never hides another: lifting a bounce leaves the person's own word.
CLOSE = f"""
WITH outdated AS (
  DELETE FROM do_not_contact WHERE contact_id = ANY(%(contacts)s) AND channel = %(channel)s
    AND reason = ANY(%(replaced)s)
  RETURNING contact_id),
written AS (
  INSERT INTO do_not_contact (contact_id, channel, reason, comment, at)
  SELECT unnest(%(contacts)s::bigint[]), %(channel)s, %(reason)s, %(comment)s, %(at)s
  ON CONFLICT (contact_id, channel, reason) DO UPDATE
    SET comment = excluded.comment, at = excluded.at
    WHERE do_not_contact.comment <> excluded.comment
  RETURNING contact_id),
closed AS (SELECT contact_id FROM written UNION SELECT contact_id FROM outdated),
fresh AS ({_EVENT} %(data)s::jsonb AS data FROM closed),
{events.RECORD_ROWS}
SELECT contact_id FROM closed"""  # noqa: S608 - constants
# What was kept of an address closes it like a reason of its own; other entries of the list are
# somebody's decision about the list.
REOPEN = f"""
WITH dropped AS (
  DELETE FROM do_not_contact
  WHERE contact_id = ANY(%(contacts)s) AND channel = %(channel)s
    AND (%(reasons)s::text[] IS NULL OR reason = ANY(%(reasons)s))
  RETURNING contact_id, reason),
forgiven AS (
  DELETE FROM suppression x USING unnest(%(whose)s::bigint[], %(hashes)s::text[]) AS t(whose, hash)
  WHERE x.channel = %(channel)s AND x.kind = 'hash' AND x.value = t.hash
    AND (%(reasons)s::text[] IS NULL OR x.reason = ANY(%(reasons)s))
  RETURNING t.whose, x.reason),
opened AS (
  SELECT contact_id, reason FROM dropped UNION SELECT whose, reason FROM forgiven),
fresh AS ({_EVENT}
  jsonb_build_object('channel', %(channel)s::text, 'reason', reason, 'comment', %(comment)s::text)
    AS data
  FROM opened),
{events.RECORD_ROWS}
SELECT DISTINCT contact_id FROM opened"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Proof:
    """What was said, when, how, and what the person had been shown."""

    purpose: str
    state: str
    # `api:TOKEN`, `import:ID`, `user:ID`, `link`.
    source: str
    at: datetime
    text: str = ""
    ip: str | None = None
    topic: int = 0
    reference: str = ""
    language: str = ""


def give(contacts: Iterable[int], proof: Proof, now: datetime, depth: int = 0) -> list[int]:
    """Append proof that people granted or refused something; the latest word is in force."""
    if not proof.source.strip():
        raise ValueError("A consent without a source proves nothing.")
    ids = lock_contacts(contacts)
    data = {"purpose": proof.purpose, "state": proof.state, "source": proof.source}
    if proof.topic:
        data["topic"] = str(proof.topic)
    values = {
        "purpose": proof.purpose,
        "topic": proof.topic,
        "state": proof.state,
        "said_at": proof.at,
        "source": proof.source,
        "reference": proof.reference,
        "text": proof.text,
        "language": proof.language,
        "ip": origins.kept(proof.ip),
        "data": dumps(data),
    }
    ensure_partitions({proof.at})
    reads = ["consent"]
    if proof.purpose == Purpose.PROFILING:
        reads.append(withholding.READ)
    write(GIVE, "contacts.consented", reads, ids, values | {"now": now, "depth": depth})
    return ids


def close(
    contacts: Iterable[int],
    channel: str,
    reason: str,
    comment: str,
    now: datetime,
    depth: int = 0,
) -> list[int]:
    """Close a channel for people for one more reason; return for whom that is new."""
    data = {"channel": channel, "reason": reason, "comment": comment}
    values: dict[str, Any] = {**data, "data": dumps(data), "now": now, "depth": depth}
    values["replaced"] = [other for other in BOUNCES if reason in BOUNCES and other != reason]
    return write(CLOSE, "contacts.closed", ["dnc"], lock_contacts(contacts), values)


def reopen(
    contacts: Iterable[int],
    channel: str,
    comment: str,
    now: datetime,
    reasons: Sequence[str] | None = None,
    depth: int = 0,
) -> list[int]:
    """Open a channel again where it was closed (for one of `reasons`); return for whom.

    That their address was closed when it lost another contact, by its hash, is lifted alike.
    """
    ids = lock_contacts(contacts)
    kept = suppression.kept_of(ids, channel)
    values = {"channel": channel, "comment": comment, "now": now, "depth": depth}
    opened = _open(ids, kept, values, reasons)
    if kept and channel == Channel.EMAIL:
        # The hash closed the address for everybody who has it.
        held = Contact.objects.filter(pk__in={contact for contact, _hash in kept})
        suppression.announce_addresses(list(held.values_list("email_key", flat=True)))
    return opened


def take_back(
    contacts: Iterable[int], channel: str, reason: str, comment: str, now: datetime
) -> list[int]:
    """Take back for one reason that a channel is closed for people; return for whom it was.

    What the list keeps of their addresses and numbers stays.
    """
    values = {"channel": channel, "comment": comment, "now": now}
    return _open(lock_contacts(contacts), [], values, [reason])


def _open(
    ids: list[int],
    kept: Sequence[tuple[int, str]],
    values: dict[str, Any],
    reasons: Sequence[str] | None,
) -> list[int]:
    more = {
        "reasons": None if reasons is None else list(reasons),
        "whose": [contact for contact, _hash in kept],
        "hashes": [each for _contact, each in kept],
    }
    reads = ["dnc", suppression.READ] if kept else ["dnc"]
    return write(REOPEN, "contacts.reopened", reads, ids, values | more)


def believe(contacts: Iterable[int], said: str, now: datetime) -> list[int]:
    """Note that addresses are valid whatever servers said; return for whom that is new.

    `said` is the proof, kept with the event: who says so, and why.
    """
    return reopen(contacts, Channel.EMAIL, said, now, list(BOUNCES))


def bounced(contacts: Iterable[int]) -> set[int]:
    """Return whose mails bounced lately, as far as nobody knows better."""
    rows = DoNotContact.objects.filter(contact_id__in=contacts, channel=Channel.EMAIL)
    return set(rows.filter(reason__in=BOUNCES).values_list("contact_id", flat=True))


def wish(contact: int, channel: str, values: Mapping[str, Any]) -> None:
    """Keep how often and when a person wants to hear from us; nothing set is no row."""
    lock_contacts([contact])
    ChannelWish.objects.filter(contact_id=contact, channel=channel).delete()
    if any(value is not None for value in values.values()):
        ChannelWish.objects.create(contact_id=contact, channel=channel, **values)
    announce([contact], ["wishes"])


def write(
    statement: str, key: str, reads: Sequence[str], ids: list[int], values: dict[str, Any]
) -> list[int]:
    """Write what was said of locked people with its events; return whom the statement names."""
    if not ids:
        return []
    now, depth = values.pop("now"), values.pop("depth", 0)
    ensure_partitions({now})
    more = events.parameters(key, now=now, depth=depth, bulk=len(ids) > MANY, reads=reads)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**more, **values, "contacts": ids})
        return sorted(row[0] for row in cursor.fetchall())
