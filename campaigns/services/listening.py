"""Who comes in and who goes, as events tell it: segment membership and event sources."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from campaigns.graph import decisions
from campaigns.graph.plan import Plan
from campaigns.models import LeftFor, Source
from campaigns.services.entering import enter
from campaigns.services.leaving import leave
from campaigns.services.membership import outside
from campaigns.services.returning import Arrival
from campaigns.services.running import entrance
from kernel.changes import Change
from kernel.events import kind_of, type_id

JOINED, PARTED, LEFT = "segments.entered", "segments.left", "campaigns.left"
# Why a way ended that was gone to its end.
FINISHED = [reason.name.lower() for reason in (LeftFor.DONE, LeftFor.EXIT, LeftFor.GOAL)]
MATCHING = """
SELECT e.id FROM unnest(%s::bigint[], %s::timestamptz[]) k(id, at)
JOIN event e ON e.id = k.id AND e.occurred_at = k.at
WHERE e.retention = %s AND e.occurred_at BETWEEN %s AND %s AND {where}"""
CAME_BY_SEGMENT = """
SELECT contact_id, id FROM visit
WHERE campaign_id = %s AND contact_id = ANY(%s::bigint[]) AND left_at IS NULL AND source = %s"""


@dataclass
class Turn:
    """What happens to contacts of one campaign at once: nobody stands in it twice."""

    arrivals: list[Arrival] = field(default_factory=list)
    partings: list[int] = field(default_factory=list)


class Heard:
    """What happened, found by type and by subject, each with its place in the order."""

    def __init__(self, happened: Sequence[Change]) -> None:
        self.by_type: dict[int, list[tuple[int, Change]]] = defaultdict(list)
        self.by_subject: dict[tuple[int, int], list[tuple[int, Change]]] = defaultdict(list)
        for place, change in enumerate(happened):
            if change.type_id is not None:
                self.by_type[change.type_id].append((place, change))
                if change.subject is not None:
                    self.by_subject[change.type_id, change.subject].append((place, change))


def follow(
    plans: Sequence[Plan], happened: Sequence[Change], now: datetime, *, depth: int, bulk: bool
) -> int:
    """Let contacts in and out; return how many came in or went."""
    heard, moved = Heard(happened), 0
    for plan in plans:
        turns = _turns(plan, heard)
        present = entrance(plan.campaign) if turns else None
        for turn in turns:
            if present is not None:
                moved += len(enter(present, turn.arrivals, now, depth=depth, bulk=bulk))
            if turn.partings:
                moved += _part(plan, turn.partings, now, depth)
    return moved


def _turns(plan: Plan, heard: Heard) -> list[Turn]:
    """Sort what concerns a campaign into turns: a contact's second event is in its second turn."""
    turns: list[Turn] = []
    nth: dict[int, int] = defaultdict(int)
    moves = {**_partings(plan, heard), **_arrivals(plan, heard)}
    for place in sorted(moves):
        contact, arrival = moves[place]
        if nth[contact] == len(turns):
            turns.append(Turn())
        turn = turns[nth[contact]]
        nth[contact] += 1
        if arrival is None:
            turn.partings.append(contact)
        else:
            turn.arrivals.append(arrival)
    return turns


def _partings(plan: Plan, heard: Heard) -> dict[int, tuple[int, Arrival | None]]:
    if not plan.exits:
        return {}
    return {
        place: (change.contact, None)
        for segment in plan.segments
        for place, change in heard.by_subject.get((type_id(PARTED), segment), ())
    }


def _arrivals(plan: Plan, heard: Heard) -> dict[int, tuple[int, Arrival | None]]:
    moves: dict[int, tuple[int, Arrival | None]] = {}
    for segment in plan.segments:
        for place, change in heard.by_subject.get((type_id(JOINED), segment), ()):
            moves[place] = (change.contact, Arrival(change.contact, Source.SEGMENT, segment))
    for source in plan.sources:
        if "campaign" in source:
            moves |= _finishers(int(source["campaign"]), heard)
        if "event" in source:
            found = heard.by_type.get(type_id(source["event"]), [])
            for place, change in _matching(source["event"], source.get("where", {}), found):
                arrival = Arrival(
                    change.contact, Source.EVENT, None, change.event, change.occurred_at
                )
                moves.setdefault(place, (change.contact, arrival))
    return moves


def _finishers(campaign: int, heard: Heard) -> dict[int, tuple[int, Arrival | None]]:
    """Find who came to an end of another campaign; who was taken out of it comes no further."""
    told = heard.by_subject.get((type_id(LEFT), campaign), [])
    return {
        place: (change.contact, Arrival(change.contact, Source.CAMPAIGN, campaign))
        for place, change in _matching(LEFT, {"reason": FINISHED}, told)
    }


def _matching(
    key: str, where: Mapping[str, object], found: list[tuple[int, Change]]
) -> list[tuple[int, Change]]:
    """Keep the events that meet a source's conditions."""
    if not found or not where:
        return found
    sql, values = decisions.where_sql(key, where)
    times = [change.occurred_at for _place, change in found if change.occurred_at]
    with connection.cursor() as cursor:
        cursor.execute(
            MATCHING.format(where=sql),
            [
                [change.event for _place, change in found],
                times,
                kind_of(key).retention,
                min(times),
                max(times),
                *values,
            ],
        )
        met = {row[0] for row in cursor.fetchall()}
    return [(place, change) for place, change in found if change.event in met]


def _part(plan: Plan, contacts: Sequence[int], now: datetime, depth: int) -> int:
    """End the visits of whoever came by a segment and is in none of the campaign's any more."""
    with connection.cursor() as cursor:
        cursor.execute(CAME_BY_SEGMENT, [plan.campaign, list(contacts), int(Source.SEGMENT)])
        visits = dict(cursor.fetchall())
    gone = outside(plan.segments, sorted(visits))
    ending = [visits[contact] for contact in gone]
    return leave(plan.campaign, ending, LeftFor.SEGMENT, now, depth=depth)
