"""Fills texts in for their readers, and notes what is handed over before it is."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction

from contacts.services.token_values import Columns, columns_of
from content.problems import RenderRefused
from kernel.zone import workspace_zone
from sms.models import Reason, State
from sms.parts import count
from sms.services import links, versions
from sms.services.claims import Claimed
from sms.services.outcomes import Outcome, commit
from sms.services.recipients import JOINS, policy, reason
from sms.services.transports import Outgoing, Transport
from sms.services.versions import Compiled

logger = logging.getLogger(__name__)
# Outlasts the provider's longest silence, so that only the dead lose theirs.
LEASE = timedelta(seconds=120)
# Twilio takes no longer ones.
LONGEST = 1_600

READ = """
SELECT d.id, d.context::text, ARRAY[{values}]::text[] FROM sms_delivery d
JOIN contact c ON c.id = d.contact_id
LEFT JOIN contact_state s ON s.contact_id = c.id
LEFT JOIN company co ON co.id = c.company_id {owner}
WHERE d.id = ANY(%s)"""
# Whoever lost the lease meanwhile hands nothing over; a run that was stopped sends no more. Whoever
# left, or got another number, since the claim goes back into the queue to be judged anew.
BEGIN = f"""
WITH mine AS (
  SELECT d.id, u.version, u.body, u.parts,
    CASE WHEN r.state = 'cancelled' THEN 7
         WHEN r.state = 'paused' OR c.mobile IS DISTINCT FROM u.mobile
              OR {reason("d.number")} IS NOT NULL THEN 0 ELSE 2 END state
  FROM unnest(%(ids)s::bigint[], %(fences)s::int[], %(versions)s::bigint[], %(bodies)s::text[],
              %(parts)s::smallint[], %(mobiles)s::text[])
       u(id, fence, version, body, parts, mobile)
  JOIN sms_delivery d ON d.id = u.id AND d.fence = u.fence AND d.state = 1 {JOINS}
  LEFT JOIN sms_run r ON r.id = d.run_id ORDER BY d.id FOR NO KEY UPDATE OF d)
UPDATE sms_delivery d SET state = m.state, lease_until = begun.lease,
  version_id = CASE WHEN m.state = 2 THEN m.version ELSE d.version_id END,
  body = CASE WHEN m.state = 2 THEN m.body END,
  parts = CASE WHEN m.state = 2 THEN m.parts END,
  begun_at = CASE WHEN m.state = 2 THEN %(now)s ELSE d.begun_at END,
  account = CASE WHEN m.state = 2 THEN %(account)s ELSE d.account END,
  sender = CASE WHEN m.state = 2 THEN %(sender)s ELSE d.sender END
FROM mine m CROSS JOIN LATERAL (
  SELECT CASE WHEN m.state = 2 THEN %(lease)s::timestamptz END lease) begun
WHERE d.id = m.id RETURNING d.id, d.state"""  # noqa: S608 - expressions of ours


@dataclass(frozen=True, slots=True)
class Written:
    """What one reader gets."""

    claimed: Claimed
    version: int
    body: str
    links: tuple[links.Link, ...]

    @property
    def outgoing(self) -> Outgoing:
        """Return it as transports take it."""
        return Outgoing(self.claimed.id, self.claimed.number, self.body)


def begin(claimed: Sequence[Claimed], carrier: Transport, now: datetime) -> list[Written]:
    """Write everybody's text and take it into *sending*; whose cannot be written is left out.

    Who may be written to is asked once more, as late as can be.
    """
    chosen = versions.choose((row.id, row.sms_id, row.locale) for row in claimed)
    written: list[Written] = []
    refused: list[Outcome] = []
    by_version: dict[int, list[Claimed]] = {}
    for row in claimed:
        by_version.setdefault(chosen[row.id], []).append(row)
    for version, rows in by_version.items():
        if not version:
            refused += [_left_out(row, Reason.UNPUBLISHED, now) for row in rows]
            continue
        for one in _of_version(version, rows, now):
            if isinstance(one, Written):
                written.append(one)
            else:
                refused.append(one)
    with transaction.atomic():
        commit(refused)
        links.keep(link for one in written for link in one.links)
        return _into_sending(written, carrier, now)


def _of_version(
    version: int, rows: Sequence[Claimed], now: datetime
) -> Iterable[Written | Outcome]:
    zone = workspace_zone()
    compiled = versions.load(version, zone)
    columns = columns_of(compiled.message.uses)
    values = _values(columns, [row.id for row in rows])
    shared = {"today": now.astimezone(zone).date()}
    for row in rows:
        if row.id not in values:
            yield _left_out(row, Reason.GONE, now)
            continue
        try:
            yield _written(compiled, row, {**values[row.id], **shared}, now)
        except RenderRefused:
            yield Outcome(row, State.FAILED, now, Reason.TOO_LONG)
        except Exception:
            # One reader's values must not stop the others.
            logger.exception("The text of delivery %s cannot be written", row.id)
            yield Outcome(row, State.FAILED, now, Reason.POISON)


def _written(
    compiled: Compiled, row: Claimed, values: Mapping[str, Any], now: datetime
) -> Written | Outcome:
    found: list[links.Link] = []

    def short(position: int, destination: str) -> str:
        code = links.code(row.id, position)
        found.append((code, row.id, position, destination))
        return links.address(code)

    body = fill(compiled, values, short)
    if not body:
        return Outcome(row, State.FAILED, now, Reason.EMPTY)
    if len(body) > LONGEST:
        return Outcome(row, State.FAILED, now, Reason.TOO_LONG)
    return Written(row, compiled.id, body, tuple(found))


def fill(compiled: Compiled, values: Mapping[str, Any], short: Any = None) -> str:
    """Fill a version in; `short` makes the address of a link from its position and where to."""
    text = compiled.message.render(values, click=short).text
    # What storage and providers cannot take has no place in a message.
    return text.replace("\r\n", "\n").replace("\0", "").strip()


def _values(columns: Columns, deliveries: list[int]) -> dict[int, dict[str, Any]]:
    statement = READ.format(values=columns.sql(), owner=columns.joins())
    with connection.cursor() as cursor:
        cursor.execute(statement, [deliveries])
        rows = cursor.fetchall()
    return {
        number: columns.values(read, orjson.loads(context) if context else None)
        for number, context, read in rows
    }


def _left_out(row: Claimed, reason: Reason, now: datetime) -> Outcome:
    return Outcome(row, State.SKIPPED, now, reason, tried=False)


def _into_sending(written: Sequence[Written], carrier: Transport, now: datetime) -> list[Written]:
    if not written:
        return []
    values: dict[str, Any] = {
        "ids": [one.claimed.id for one in written],
        "fences": [one.claimed.fence for one in written],
        "versions": [one.version for one in written],
        "bodies": [one.body for one in written],
        "parts": [count(one.body).parts for one in written],
        "now": now,
        "mobiles": [one.claimed.mobile for one in written],
        "lease": now + LEASE,
        "account": carrier.account,
        "sender": carrier.sender,
        **policy(),
    }
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, values)
        begun = {number for number, state in cursor.fetchall() if state == State.SENDING}
    return [one for one in written if one.claimed.id in begun]
