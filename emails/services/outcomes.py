"""Writes what became of deliveries, by id and fence, with the events that tell of it."""

import logging
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction

from emails.models import CapturedMail, State
from emails.services import bounces
from emails.services.claims import Claimed
from emails.services.telling import moved_each
from kernel import clock, events
from kernel.partitions import ensure_partitions
from kernel.prepared import Prepared

logger = logging.getLogger(__name__)
# Seconds between tries to write what has happened already.
RETRIES = (0.1, 0.5, 2, 5)
# Minutes until the next try; about three days in all, as mail servers themselves keep trying.
BACK_OFF = (1, 5, 15, 30, 60, 120, *[240] * 16)
# A broken connection is no word of the server about this mail: soon again at first.
BACK_OFF_CUT = (0.1, 0.5, *BACK_OFF)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery; `again_at` puts it back into the queue."""

    claimed: Claimed
    state: State
    at: datetime
    reason: str | None = None
    again_at: datetime | None = None
    tried: bool = True
    captured: CapturedMail | None = None

    def because(self, words: str) -> "Outcome":
        """Say in the ledger why a delivery waits."""
        return replace(self, reason=words)


ROWS = {
    "ids": "bigint[]",
    "fences": "int[]",
    "states": "smallint[]",
    "reasons": "text[]",
    "times": "timestamptz[]",
    "again": "timestamptz[]",
    "tried": "smallint[]",
}
# Rows are held in the order of their ids, as opens and clicks hold them. What has no lease any
# more was written before: the answer to that commit was lost.
WRITE = """
WITH held AS MATERIALIZED (
  SELECT id FROM delivery WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE),
written AS (
  UPDATE delivery d SET state = u.state, reason = u.reason, lease_until = NULL,
    sent_at = CASE WHEN u.state = 3 THEN u.at END,
    due_at = coalesce(u.again_at, d.due_at), attempts = d.attempts + u.tried
  FROM held h JOIN unnest(
         %(ids)s::bigint[], %(fences)s::int[], %(states)s::smallint[], %(reasons)s::text[],
         %(times)s::timestamptz[], %(again)s::timestamptz[], %(tried)s::smallint[])
       u(id, fence, state, reason, at, again_at, tried) ON u.id = h.id
  WHERE d.id = h.id AND d.fence = u.fence AND d.lease_until IS NOT NULL
  RETURNING d.id, d.contact_id, d.email_id, d.cause, d.reason, u.at)"""
AND_TELL = """,
fresh AS (
  SELECT contact_id, email_id subject_id, at occurred_at, NULL::smallint verdict,
         jsonb_strip_nulls(jsonb_build_object('delivery', id::text, 'cause', cause,
                                              'reason', reason)) AS data
  FROM written ORDER BY id),"""
ALONE = Prepared(WRITE + " SELECT id FROM written", ROWS)  # noqa: S608 - ours
TELL = WRITE + AND_TELL + events.RECORD_ROWS
TELL_TYPES = {**ROWS, **events.TYPES}
TOLD = Prepared(TELL + " SELECT id FROM written", TELL_TYPES)  # noqa: S608 - ours
# Ends that no event tells of.
UNTOLD = (State.UNCERTAIN, State.SKIPPED)
KEYS = {State.SENT: "emails.sent", State.FAILED: "emails.failed"}


def write(outcomes: Iterable[Outcome]) -> set[int]:
    """Commit outcomes together; return the deliveries that were still ours.

    The mails are out, so a database that is away for a moment is waited for.
    """
    kept = list(outcomes)
    for pause in RETRIES:
        try:
            return commit(kept)
        except OperationalError:
            if connection.in_atomic_block:
                raise
            logger.warning("Outcomes are written again in %s s.", pause)
            connection.close()
            time.sleep(pause)
    return commit(kept)


def commit(outcomes: list[Outcome]) -> set[int]:
    """Write outcomes in one transaction, the caller's where there is one."""
    groups: dict[tuple[str | None, int, bool], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        claimed = outcome.claimed
        groups[KEYS.get(outcome.state), claimed.depth, claimed.run_id > 0].append(outcome)
    ours: set[int] = set()
    now = max((outcome.at for outcome in outcomes), default=clock.now())
    with transaction.atomic(savepoint=False):
        for (key, _depth, _bulk), group in groups.items():
            ours |= _write(sorted(group, key=_number), key)
        moved_each(
            (outcome.claimed.email_id, outcome.claimed.contact_id)
            for outcome in outcomes
            if outcome.state in UNTOLD and outcome.claimed.id in ours
        )
        bounces.close([_bounce(outcome) for outcome in outcomes if _is_hard(outcome, ours)], now)
        captured = [
            outcome.captured
            for group in groups.values()
            for outcome in group
            if outcome.captured and outcome.claimed.id in ours
        ]
        if captured:
            CapturedMail.objects.bulk_create(captured)
    return ours


def _is_hard(outcome: Outcome, ours: set[int]) -> bool:
    failed = outcome.state == State.FAILED and outcome.claimed.id in ours
    return failed and bounces.is_hard(outcome.reason)


def _bounce(outcome: Outcome) -> bounces.Bounce:
    claimed, words = outcome.claimed, outcome.reason or ""
    return bounces.Bounce(
        *(claimed.id, claimed.contact_id, claimed.email_id, claimed.cause),
        *(words, outcome.at, claimed.depth),
    )


def _number(outcome: Outcome) -> int:
    return outcome.claimed.id


def _write(group: Sequence[Outcome], key: str | None) -> set[int]:
    statement = TOLD if key else ALONE
    with connection.cursor() as cursor:
        statement.run(cursor, parameters(group) if key else _rows(group))
        return {row[0] for row in cursor.fetchall()}


def are_plain(outcomes: Sequence[Outcome]) -> bool:
    """Say whether all were sent, for one kind of cause: nothing more follows from them."""
    first = outcomes[0].claimed if outcomes else None
    return first is not None and all(
        outcome.state == State.SENT
        and outcome.captured is None
        and outcome.claimed.depth == first.depth
        and (outcome.claimed.run_id > 0) == (first.run_id > 0)
        for outcome in outcomes
    )


def parameters(group: Sequence[Outcome]) -> dict[str, Any]:
    """Return the parameters of `TELL` for outcomes of one kind, sent or failed."""
    ensure_partitions({outcome.at for outcome in group})
    # Telling of it is a reaction to what asked for the mail.
    first, now = group[0], max(outcome.at for outcome in group)
    bulk, depth = first.claimed.run_id > 0, first.claimed.depth + 1
    told = events.parameters(KEYS[first.state], now=now, depth=depth, bulk=bulk)
    return _rows(group) | told


def _rows(group: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "ids": [outcome.claimed.id for outcome in group],
        "fences": [outcome.claimed.fence for outcome in group],
        "states": [int(outcome.state) for outcome in group],
        "reasons": [outcome.reason for outcome in group],
        "times": [outcome.at for outcome in group],
        "again": [outcome.again_at for outcome in group],
        "tried": [int(outcome.tried) for outcome in group],
    }


def passing(claimed: Claimed, reason: str, at: datetime, *, cut: bool = False) -> Outcome:
    """Try again later, with longer and longer pauses, until it is hopeless."""
    pauses = BACK_OFF_CUT if cut else BACK_OFF
    if claimed.attempts >= len(pauses):
        return Outcome(claimed, State.FAILED, at, reason)
    minutes = pauses[claimed.attempts] * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load
    again = at + timedelta(minutes=minutes)
    return Outcome(claimed, State.QUEUED, at, reason, again)


def given_back(claimed: Claimed, at: datetime, wait: timedelta = timedelta()) -> Outcome:
    """Put a delivery nobody has tried back into the queue."""
    return Outcome(claimed, State.QUEUED, at, again_at=at + wait if wait else None, tried=False)
