"""Scores fade: who does nothing that scores loses some of them, again and again, to a floor.

A run walks a score by contacts. Since when somebody is idle moves on by a whole period with each
loss, in its transaction: whoever runs twice, or dies, takes nothing twice, and nights that were
missed are made up for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kernel import preferences
from kernel.locks import lock_contacts
from points.models import PointGroup
from points.services.adjust import DECAY_DAYS, Gift, give

DECAYED = "decayed"
TOTAL = 0
LOSS, UNIT, FLOOR = "points.decay_loss", "points.decay_unit", "points.decay_floor"
PERCENT = PointGroup.Unit.PERCENT.value
ROWS = {
    True: "(SELECT contact_id, points FROM contact_state)",
    False: "(SELECT contact_id, points FROM point_score WHERE group_id = %(score)s)",
}
NEXT = """
SELECT contact_id, points > %(floor)s FROM {rows} s WHERE contact_id > %(after)s
ORDER BY contact_id LIMIT %(most)s"""
# Time begins to run for who has something to lose; it stands still for who is withheld.
FADE = """
WITH held AS MATERIALIZED (
  SELECT s.contact_id, s.points, i.since, c.withheld IS NOT NULL AS waits,
         least(s.points - %(floor)s, CASE WHEN %(percent)s
           THEN (s.points::bigint * %(loss)s + 99) / 100 ELSE %(loss)s END)::int AS loss
  FROM {rows} s JOIN contact c ON c.id = s.contact_id
  LEFT JOIN point_idle i ON i.group_id = %(score)s AND i.contact_id = s.contact_id
  WHERE s.contact_id = ANY(%(contacts)s::bigint[]) AND s.points > %(floor)s),
begun AS (
  INSERT INTO point_idle (group_id, contact_id, since, lost)
  SELECT %(score)s, contact_id, %(now)s, 0 FROM held WHERE since IS NULL OR waits
  ORDER BY contact_id ON CONFLICT (group_id, contact_id) DO UPDATE SET since = excluded.since)
UPDATE point_idle i
SET lost = i.lost + h.loss,
    since = CASE WHEN h.points - h.loss > %(floor)s THEN i.since + %(period)s END
FROM held h WHERE i.group_id = %(score)s AND i.contact_id = h.contact_id
  AND NOT h.waits AND i.since <= %(now)s - %(period)s::interval
RETURNING i.contact_id, h.loss"""
# Who begins anew, when it is switched on again, has lost no time.
STOP = """
UPDATE point_idle SET since = NULL
WHERE (group_id, contact_id) IN (
  SELECT group_id, contact_id FROM point_idle
  WHERE since IS NOT NULL AND group_id <> ALL(%s::bigint[]) LIMIT %s)"""
POINTS = """
SELECT contact_id, points FROM {rows} s WHERE contact_id = ANY(%(contacts)s::bigint[])"""


@dataclass(frozen=True)
class Fading:
    """How one score fades: so much of it, each so many days, down to the floor."""

    # The group; 0 is the total.
    score: int
    days: int
    loss: int
    unit: str
    floor: int

    @property
    def rows(self) -> str:
        """Return contacts with their points, as SQL."""
        return ROWS[self.score == TOTAL]

    @property
    def values(self) -> dict[str, int]:
        """Return what every statement binds."""
        return {"score": self.score, "floor": self.floor}


def all_fading() -> list[Fading]:
    """Return the scores that fade, the total first."""
    found = []
    if days := preferences.get(DECAY_DAYS):
        loss, unit, floor = (preferences.get(key) for key in (LOSS, UNIT, FLOOR))
        found.append(Fading(TOTAL, days, loss, unit, floor))
    for row in PointGroup.objects.filter(decay_days__gt=0).order_by("pk"):
        values = (row.decay_days, row.decay_loss, row.decay_unit, row.decay_floor)
        found.append(Fading(row.pk, *values))
    return found


def walk(fading: Fading, after: int, most: int, now: datetime) -> tuple[int | None, int]:
    """Let the next contacts fade; return the last of them (None: there were none), and how many.

    Within a transaction of the caller, who keeps how far it is.
    """
    with connection.cursor() as cursor:
        values = {**fading.values, "after": after, "most": most}
        cursor.execute(NEXT.format(rows=fading.rows), values)
        found = cursor.fetchall()
    contacts = [contact for contact, above in found if above]
    count = 0
    # A night that was missed is made up for: period by period, as it would have been.
    while contacts:
        lost = _fade(fading, contacts, now)
        contacts, count = sorted(lost), count + len(lost)
    return (found[-1][0] if found else None), count


def _fade(fading: Fading, contacts: Sequence[int], now: datetime) -> Mapping[int, int]:
    values: dict[str, Any] = {
        **fading.values,
        "contacts": lock_contacts(contacts),
        "percent": fading.unit == PERCENT,
        "loss": min(fading.loss, 100) if fading.unit == PERCENT else fading.loss,
        "period": timedelta(days=fading.days),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(FADE.format(rows=fading.rows), values)
        lost = dict(cursor.fetchall())
    group = fading.score or None
    deltas = {contact: -loss for contact, loss in lost.items()}
    give(deltas, now, group=group, why={"reason": DECAYED}, bulk=True)
    return lost


def stop(fadings: Sequence[Fading], most: int) -> int:
    """Forget since when people are idle where nothing fades any more; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(STOP, [[fading.score for fading in fadings], most])
        return int(cursor.rowcount)


def spared(gifts: Sequence[Gift]) -> list[Gift]:
    """Take back no more than there is above the floor, where a score fades.

    What faded already is not taken back a second time. The caller holds the contacts.
    """
    known = {fading.score: fading for fading in all_fading()}
    left: dict[tuple[int, int], int] = {}
    for score in {gift.group or TOTAL for gift in gifts} & known.keys():
        fading = known[score]
        contacts = {c for gift in gifts if (gift.group or TOTAL) == score for c in gift.deltas}
        with connection.cursor() as cursor:
            values: dict[str, Any] = {**fading.values, "contacts": sorted(contacts)}
            cursor.execute(POINTS.format(rows=fading.rows), values)
            for contact, points in cursor.fetchall():
                left[score, contact] = max(points - fading.floor, 0)
    return [_spared(gift, left) for gift in gifts]


def _spared(gift: Gift, left: dict[tuple[int, int], int]) -> Gift:
    deltas = {}
    for contact, delta in gift.deltas.items():
        place = (gift.group or TOTAL, contact)
        wanted = max(delta, -left[place]) if place in left else delta
        if place in left:
            left[place] += wanted
        if wanted:
            deltas[contact] = wanted
    return replace(gift, deltas=deltas)
