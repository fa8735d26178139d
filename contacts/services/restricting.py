"""Restricts the processing of people's data, lifts it again, and takes objections (GDPR 18, 21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contacts.models import Restriction
from contacts.services import consent
from contacts.services.consent import Proof
from contacts.words import Channel, ConsentState, Purpose, Reason
from kernel import events, withholding
from kernel.documents import dumps
from kernel.locks import lock_contacts

_EVENT = """
SELECT contact_id, NULL::bigint AS subject_id, %(at)s::timestamptz AS occurred_at,
       NULL::smallint AS verdict,"""
# Who is restricted already keeps the day since when; another ground or comment is told,
# and silence takes no comment back.
RESTRICT = f"""
WITH held AS (
  INSERT INTO restriction (contact_id, ground, comment, source, at)
  SELECT unnest(%(contacts)s::bigint[]), %(ground)s, %(comment)s, %(source)s, %(at)s
  ON CONFLICT (contact_id) DO UPDATE
    SET ground = excluded.ground, source = excluded.source,
      comment = coalesce(nullif(excluded.comment, ''), restriction.comment)
    WHERE restriction.ground <> excluded.ground
      OR excluded.comment NOT IN ('', restriction.comment)
  RETURNING contact_id),
fresh AS ({_EVENT} %(data)s::jsonb AS data FROM held),
{events.RECORD_ROWS}
SELECT contact_id FROM held"""  # noqa: S608 - constants
LIFT = f"""
WITH freed AS (
  DELETE FROM restriction WHERE contact_id = ANY(%(contacts)s)
  RETURNING contact_id, ground, at AS since),
fresh AS ({_EVENT}
  jsonb_build_object('ground', ground, 'since', to_char(since AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'comment', %(comment)s::text, 'source', %(source)s::text)
    AS data
  FROM freed),
{events.RECORD_ROWS}
SELECT contact_id FROM freed"""  # noqa: S608 - constants
# What says no to direct marketing on every way, and to the profiling behind it (article 21(3)).
MARKETING = (Purpose.EMAIL, Purpose.SMS, Purpose.PROFILING)
PROFILING = (Purpose.PROFILING,)


@dataclass(frozen=True)
class Said:
    """What somebody asked for, who noted it down, and what goes with it."""

    source: str
    text: str = ""


def restrict(contacts: Iterable[int], ground: str, said: Said, now: datetime) -> list[int]:
    """Restrict the processing of people's data; return for whom that is new, or told anew."""
    values = {"ground": ground, "comment": said.text, "source": said.source}
    values |= {"data": dumps(values)}
    reads = [withholding.READ]
    ids = lock_contacts(contacts)
    return consent.write(RESTRICT, "contacts.restricted", reads, ids, {**values, "now": now})


def lift(contacts: Iterable[int], said: Said, now: datetime) -> list[int]:
    """Lift restrictions, keeping in the log what held, and since when; return whose."""
    values = {"comment": said.text, "source": said.source, "now": now}
    reads = [withholding.READ]
    return consent.write(LIFT, "contacts.released", reads, lock_contacts(contacts), values)


def object_to_profiling(contacts: Iterable[int], said: Said, now: datetime) -> None:
    """Note that people object to profiling: a refusal with its proof."""
    _refuse(contacts, PROFILING, said, now)


def object_to_marketing(contacts: Iterable[int], said: Said, now: datetime) -> None:
    """Note that people object to direct marketing: every channel closes, profiling ends."""
    ids = lock_contacts(contacts)
    _refuse(ids, MARKETING, said, now)
    for channel in Channel:
        consent.close(ids, channel, Reason.UNSUBSCRIBED, said.text, now)


def restriction_of(contact: int) -> Restriction | None:
    """Return the restriction in force."""
    return Restriction.objects.filter(pk=contact).first()


def _refuse(
    contacts: Iterable[int], purposes: Iterable[Purpose], said: Said, now: datetime
) -> None:
    ids = lock_contacts(contacts)
    for purpose in purposes:
        proof = Proof(purpose, ConsentState.REFUSED, said.source, now, text=said.text)
        consent.give(ids, proof, now)
