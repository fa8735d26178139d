"""Decisions without a lost race: register, commit, look back, wait; and ask again before a *no*.

A decision arrives as *registering* and is committed so. Only a later transaction looks back for
events since: what was committed before is found by it, what is committed after is told by the
dispatcher, which resolves registering rows too. The no-path asks the event table itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from campaigns.graph.plan import GRACE, Node
from campaigns.models import Outcome, StepState
from campaigns.services.held import Held
from campaigns.services.matching import Match, first_matches
from campaigns.services.measuring import unmeasurable
from campaigns.services.moving import Done
from tracking import spool

REGISTER = """
UPDATE step s SET state = f.state, outcome = f.outcome, event_id = coalesce(f.event_id, s.event_id),
  event_at = coalesce(f.event_at, s.event_at),
  due_at = CASE WHEN f.state = 0 THEN %s ELSE s.due_at END
FROM unnest(%s::tid[], %s::smallint[], %s::smallint[], %s::bigint[], %s::timestamptz[])
     f(place, state, outcome, event_id, event_at)
WHERE s.ctid = f.place"""


def register(node: Node, held: Sequence[Held], now: datetime) -> None:
    """Look back for these decisions, in a snapshot younger than their arrival; the rest wait."""
    matches = first_matches(node, [(step, until(step)) for step in held])
    missed = _decided_at_once(node, held, matches)
    rows = []
    for step in held:
        match = matches.get((step.visit, step.number))
        outcome = Outcome.YES if match else missed.get(step.contact)
        state = StepState.WAITING if outcome is None else StepState.DUE
        event = (match.event_id, match.occurred_at) if match else (None, None)
        rows.append((step.place, state, outcome, *event))
    with connection.cursor() as cursor:
        cursor.execute(REGISTER, [now, *(list(column) for column in zip(*rows, strict=True))])


def _decided_at_once(
    node: Node, held: Sequence[Held], matches: dict[tuple[int, int], Match]
) -> dict[int, int]:
    """Find whom it is useless to wait for: no time limit, and a path for the unmeasurable."""
    if node.within is not None or "not_measurable" not in node.targets:
        return {}
    open_ = [step.contact for step in held if (step.visit, step.number) not in matches]
    return dict.fromkeys(unmeasurable(node, open_), int(Outcome.NOT_MEASURABLE))


def decide(node: Node, held: Sequence[Held], _now: datetime) -> list[Done]:
    """Take the path of decisions that are resolved, and of those whose time is over.

    Whose last moment may still lie in a spool is left waiting.
    """
    done = [Done(step, step.outcome) for step in held if step.outcome is not None]
    unread = spool.oldest()
    over = [
        (step, last)
        for step in held
        if step.outcome is None and (last := until(step)) and (unread is None or last <= unread)
    ]
    matches = first_matches(node, over)
    missed = [step for step, _last in over if (step.visit, step.number) not in matches]
    blind = unmeasurable(node, [step.contact for step in missed])
    for step in missed:
        outcome = Outcome.NOT_MEASURABLE if step.contact in blind else Outcome.NO
        done.append(Done(step, outcome))
    for step, _last in over:
        if match := matches.get((step.visit, step.number)):
            done.append(Done(step, Outcome.YES, None, match.event_id, match.occurred_at))
    return done


def until(step: Held) -> datetime | None:
    """Return the end of the second in which a decision stops: what happens in it still counts."""
    if step.due_at is None:
        return None
    return (step.due_at - GRACE).replace(microsecond=0) + timedelta(seconds=1)
