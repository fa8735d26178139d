"""Scores fade: who does nothing that scores loses some of them, again and again, to a floor.

A run walks a score by contacts, all that is overdue of each at once. Since when somebody is idle
moves on with it, in its transaction: whoever runs twice, or dies, takes nothing twice, and nights
that were missed are made up for.
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
# Whose time runs though there is nothing to lose any more is looked at, too.
NEXT = """
SELECT s.contact_id, s.points > %(floor)s OR i.since IS NOT NULL
FROM (SELECT contact_id, points FROM {rows} s WHERE contact_id > %(after)s
      ORDER BY contact_id LIMIT %(most)s) s
LEFT JOIN point_idle i ON i.group_id = %(score)s AND i.contact_id = s.contact_id
ORDER BY 1"""
# Time begins to run for who has something to lose. It begins anew with another number of days, so
# that these are not applied to what has been, and each night of whoever is withheld.
# Percent are taken step by step, each of what the one before left; none after the floor.
FADE = """
WITH RECURSIVE held AS MATERIALIZED (
  SELECT s.contact_id, s.points::bigint AS points, i.since, s.points > %(floor)s AS above,
         c.withheld IS NOT NULL OR i.days IS DISTINCT FROM %(days)s AS anew,
         floor(extract(epoch FROM %(now)s::timestamptz - i.since) / (86400 * %(days)s))::int AS due
  FROM {rows} s JOIN contact c ON c.id = s.contact_id
  LEFT JOIN point_idle i ON i.group_id = %(score)s AND i.contact_id = s.contact_id
  WHERE s.contact_id = ANY(%(contacts)s::bigint[])),
rested AS (
  UPDATE point_idle i SET since = NULL FROM held h
  WHERE i.group_id = %(score)s AND i.contact_id = h.contact_id AND NOT h.above),
begun AS (
  INSERT INTO point_idle (group_id, contact_id, since, days, lost, settled)
  SELECT %(score)s, contact_id, %(now)s, %(days)s, 0, 0 FROM held
  WHERE above AND (since IS NULL OR anew) ORDER BY contact_id
  ON CONFLICT (group_id, contact_id) DO UPDATE SET since = excluded.since, days = excluded.days),
fading AS (SELECT * FROM held WHERE above AND NOT anew AND due > 0),
steps AS (
  SELECT contact_id, points, due AS still FROM fading WHERE %(percent)s
  UNION ALL
  SELECT contact_id, greatest(points - (points * %(loss)s + 99) / 100, %(floor)s), still - 1
  FROM steps WHERE still > 0 AND points > %(floor)s),
faded AS (
  SELECT contact_id, min(points) AS points FROM steps GROUP BY 1 UNION ALL
  SELECT contact_id, greatest(points - due::bigint * %(loss)s, %(floor)s)
  FROM fading WHERE NOT %(percent)s)
UPDATE point_idle i
SET lost = i.lost + h.points - f.points,
    since = CASE WHEN f.points > %(floor)s THEN i.since + h.due * %(period)s::interval END
FROM faded f JOIN fading h ON h.contact_id = f.contact_id
WHERE i.group_id = %(score)s AND i.contact_id = f.contact_id
RETURNING i.contact_id, h.points - f.points"""
# Who begins anew, when it is switched on again, has lost no time.
STOP = """
UPDATE point_idle SET since = NULL
WHERE (group_id, contact_id) IN (
  SELECT group_id, contact_id FROM point_idle
  WHERE since IS NOT NULL AND group_id <> ALL(%s::bigint[]) LIMIT %s)"""
UNSETTLED = """
SELECT group_id, contact_id, lost - settled FROM point_idle
WHERE contact_id = ANY(%s::bigint[]) AND lost > settled"""
SETTLE = """
UPDATE point_idle i SET settled = i.settled + w.points
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) w(score, contact, points)
WHERE i.group_id = w.score AND i.contact_id = w.contact"""
# A score (0 is the total) and a contact.
Place = tuple[int, int]


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
    lost = _fade(fading, [contact for contact, concerned in found if concerned], now)
    return (found[-1][0] if found else None), len(lost)


def _fade(fading: Fading, contacts: Sequence[int], now: datetime) -> Mapping[int, int]:
    percent = fading.unit == PERCENT
    values: dict[str, Any] = {
        **fading.values,
        "contacts": lock_contacts(contacts),
        "percent": percent,
        "loss": min(fading.loss, 100) if percent else fading.loss,
        "days": fading.days,
        "period": timedelta(days=fading.days),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(FADE.format(rows=fading.rows), values)
        lost: dict[int, int] = dict(cursor.fetchall())
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
    """Take back what is left of it: as much as somebody lost by fading is not taken a second time.

    Each point that was lost spares one. The caller holds the contacts, and gives what is returned.
    """
    contacts = {c for gift in gifts for c, delta in gift.deltas.items() if delta < 0}
    if not contacts:
        return list(gifts)
    with connection.cursor() as cursor:
        cursor.execute(UNSETTLED, [sorted(contacts)])
        lost: dict[Place, int] = {(score, c): left for score, c, left in cursor.fetchall()}
        left = dict(lost)
        found = [_spared(gift, left) for gift in gifts]
        settled = [(*place, lost[place] - left[place]) for place in sorted(lost)]
        columns = [[row[at] for row in settled if row[2]] for at in range(3)]
        if columns[0]:
            cursor.execute(SETTLE, columns)
    return found


def _spared(gift: Gift, left: dict[Place, int]) -> Gift:
    deltas = {}
    for contact, delta in gift.deltas.items():
        place = (gift.group or TOTAL, contact)
        saved = min(-delta, left.get(place, 0)) if delta < 0 else 0
        if saved:
            left[place] -= saved
        if delta + saved:
            deltas[contact] = delta + saved
    return replace(gift, deltas=deltas)
