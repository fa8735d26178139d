"""Moves a slice of claimed deliveries to *sending*, and loads what their mails need.

Suppression, consent and the run's state are looked at once more in that very statement: who
unsubscribed since the claim gets nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection

from contacts.services.token_values import Columns
from emails.models import State
from emails.services import audiences, outcomes
from emails.services.claims import Claimed
from emails.services.outcomes import Outcome
from emails.services.recipients import JOINS, POLICY_TYPES, REASON, policy
from emails.services.versions import Compiled
from emails.services.workspace import Workspace
from kernel.locks import LANES
from kernel.prepared import Prepared

# Outlasts one slice at a slow server, so that only the dead lose theirs.
LEASE = timedelta(seconds=150)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One delivery that is now *sending*: where it goes and with which values."""

    claimed: Claimed
    address: str
    values: dict[str, Any]
    opens: bool
    clicks: bool


@dataclass(frozen=True)
class Slice:
    """What is begun in one statement."""

    version: Compiled
    workspace: Workspace
    recipients: list[Recipient]
    # Until then nobody else touches these rows.
    lease_until: datetime
    began_at: datetime


# Who is left out is told of: filters may ask for it.
BEGIN = f"""
mine AS MATERIALIZED (
  SELECT d.id, d.fence, c.email, d.context, o.state opens, l.state clicks, {{reason}} reason,
         r.state run_state, ARRAY[{{values}}]::text[] vals
  FROM unnest(%(next)s::bigint[], %(next_fences)s::int[]) f(id, fence)
  JOIN delivery d ON d.id = f.id AND d.fence = f.fence {{joins}}
  LEFT JOIN contact_state s ON s.contact_id = d.contact_id
  LEFT JOIN company co ON co.id = c.company_id
  LEFT JOIN email_run r ON r.id = d.run_id
  LEFT JOIN consent o ON o.contact_id = d.contact_id AND o.purpose = 'open_tracking'
                     AND o.topic_id = 0
  LEFT JOIN consent l ON l.contact_id = d.contact_id AND l.purpose = 'click_tracking'
                     AND l.topic_id = 0
  {{owner}}),
begun AS (
UPDATE delivery d SET
  state = CASE m.run_state WHEN 'paused' THEN 0 WHEN 'cancelled' THEN 7
          ELSE CASE WHEN m.reason IS NULL THEN 2 ELSE 6 END END,
  reason = m.reason, version_id = %(version)s,
  lease_until = CASE WHEN m.reason IS NULL AND coalesce(m.run_state, '') NOT IN
                     ('paused', 'cancelled') THEN %(lease)s END
FROM mine m WHERE d.id = m.id AND d.fence = m.fence
RETURNING d.id, d.state, d.contact_id, d.email_id, m.email, m.context::text context,
          m.opens, m.clicks, m.vals),
announced_skips AS (
  INSERT INTO change (bulk, lane, depth, contact_ids, reads, created_at)
  SELECT false, contact_id %% {LANES}, 0, array_agg(contact_id), ARRAY['delivery:' || email_id],
         %(begun_at)s
  FROM begun WHERE state = 6 GROUP BY contact_id %% {LANES}, email_id)
SELECT id, state, email, context, opens, clicks, vals FROM begun"""  # noqa: S608 - ours


TYPES = {
    "next": "bigint[]",
    "next_fences": "int[]",
    "version": "bigint",
    "lease": "timestamptz",
    "begun_at": "timestamptz",
    **POLICY_TYPES,
}


@lru_cache(maxsize=64)
def _statement(columns: Columns, *, with_outcomes: bool) -> Prepared:
    """Return the statement that reads these columns: planning it costs more than running it."""
    owner = columns.joins()
    statement = BEGIN.format(reason=REASON, joins=JOINS, values=columns.sql(), owner=owner)
    if with_outcomes:
        return Prepared(f"{outcomes.TELL}, {statement}", {**outcomes.TELL_TYPES, **TYPES})
    return Prepared(f"WITH {statement}", TYPES)


def begin(
    version: Compiled,
    columns: Columns,
    part: Sequence[Claimed],
    workspace: Workspace,
    now: datetime,
    sent: Sequence[Outcome] = (),
) -> Slice:
    """Take the slice into *sending*, leaving out whoever may not be written to any more.

    What was `sent` before is written by the same statement (`outcomes.are_plain` says when).
    """
    held = {claimed.id: claimed for claimed in part}
    rules = policy(
        (claimed.contact_id for claimed in part),
        transactional=not version.marketing,
        by_hash=workspace.suppresses_hashes,
    )
    parameters = {
        "next": list(held),
        "next_fences": [claimed.fence for claimed in held.values()],
        "version": version.id,
        "lease": now + LEASE,
        "begun_at": now,
        **rules,
    }
    if sent:
        parameters |= outcomes.parameters(sent)
    with connection.cursor() as cursor:
        _statement(columns, with_outcomes=bool(sent)).run(cursor, parameters)
        rows = sorted(cursor.fetchall())
    reached = [held[row[0]].contact_id for row in rows if row[1] == State.SENDING]
    belongs = audiences.belonging(version.audiences, reached, now) if version.audiences else {}
    recipients = [
        Recipient(
            claimed=held[number],
            address=address,
            values={
                **columns.values(read, orjson.loads(context) if context else None),
                audiences.NAMESPACE: belongs.get(held[number].contact_id, {}),
            },
            opens=workspace.may_measure(opens) and not version.confirms,
            clicks=workspace.may_measure(clicks) and not version.confirms,
        )
        for number, state, address, context, opens, clicks, read in rows
        if state == State.SENDING
    ]
    return Slice(version, workspace, recipients, now + LEASE, now)
