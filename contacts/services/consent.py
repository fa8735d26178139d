"""What people agreed to, with proof, and the channels that are closed for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from contacts.models import ChannelWish
from contacts.words import Reason
from kernel import events
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
    (contact_id, purpose, topic_id, state, at, source, text, ip, recorded_at)
  SELECT contact_id, %(purpose)s, %(topic)s, %(state)s, %(said_at)s, %(source)s, %(text)s, %(ip)s,
         %(at)s
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
    AND reason = ANY(%(replaced)s)),
closed AS (
  INSERT INTO do_not_contact (contact_id, channel, reason, comment, at)
  SELECT unnest(%(contacts)s::bigint[]), %(channel)s, %(reason)s, %(comment)s, %(at)s
  ON CONFLICT (contact_id, channel, reason) DO UPDATE
    SET comment = excluded.comment, at = excluded.at
    WHERE do_not_contact.comment <> excluded.comment
  RETURNING contact_id),
fresh AS ({_EVENT} %(data)s::jsonb AS data FROM closed),
{events.RECORD_ROWS}
SELECT contact_id FROM closed"""  # noqa: S608 - constants
REOPEN = f"""
WITH opened AS (
  DELETE FROM do_not_contact
  WHERE contact_id = ANY(%(contacts)s) AND channel = %(channel)s
    AND (%(reasons)s::text[] IS NULL OR reason = ANY(%(reasons)s))
  RETURNING contact_id, reason),
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
    # `api:TOKEN`, `import:ID`, `form:ID`, `user:ID`, `link`.
    source: str
    at: datetime
    text: str = ""
    ip: str | None = None
    topic: int = 0


def give(contacts: Iterable[int], proof: Proof, now: datetime, depth: int = 0) -> list[int]:
    """Append proof that people granted or refused something; the latest word is in force."""
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
        "text": proof.text,
        "ip": proof.ip,
        "data": dumps(data),
    }
    ensure_partitions({proof.at})
    _run(GIVE, "contacts.consented", "consent", ids, values | {"now": now, "depth": depth})
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
    return _run(CLOSE, "contacts.closed", "dnc", lock_contacts(contacts), values)


def reopen(
    contacts: Iterable[int],
    channel: str,
    comment: str,
    now: datetime,
    reasons: Sequence[str] | None = None,
    depth: int = 0,
) -> list[int]:
    """Open a channel again where it was closed (for one of `reasons`); return for whom."""
    values = {
        "channel": channel,
        "comment": comment,
        "reasons": None if reasons is None else list(reasons),
        "now": now,
        "depth": depth,
    }
    return _run(REOPEN, "contacts.reopened", "dnc", lock_contacts(contacts), values)


def wish(contact: int, channel: str, values: Mapping[str, Any]) -> None:
    """Keep how often and when a person wants to hear from us; nothing set is no row."""
    lock_contacts([contact])
    ChannelWish.objects.filter(contact_id=contact, channel=channel).delete()
    if any(value is not None for value in values.values()):
        ChannelWish.objects.create(contact_id=contact, channel=channel, **values)


def _run(statement: str, key: str, read: str, ids: list[int], values: dict[str, Any]) -> list[int]:
    if not ids:
        return []
    now, depth = values.pop("now"), values.pop("depth")
    ensure_partitions({now})
    more = events.parameters(key, now=now, depth=depth, bulk=len(ids) > MANY, reads=[read])
    with connection.cursor() as cursor:
        cursor.execute(statement, {**more, **values, "contacts": ids})
        return sorted(row[0] for row in cursor.fetchall())
