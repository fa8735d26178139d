"""Writes the settings of the activity rank as SQL: what an event weighs, and who was active.

Scores are whole thousandths of a point, so that equal activity adds up to the very same score in
whatever order. Days count as a whole: of two events of one day neither is older.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connection

from kernel.events import MACHINE, CustomEvent, event_types, kind_of, type_id
from points.services.matrix import HALF_LIFE, LINEAR, MESSAGES, OWN, cells

POINT = 1_000
HALVES = 4
AGE = "floor(extract(epoch FROM %(at)s - e.occurred_at)::float8 / 86400)"
FACTORS = {
    LINEAR: f"(1 - {AGE} / %(days)s)",
    HALF_LIFE: f"power(0.5::float8, {AGE} * {HALVES} / %(days)s)",
}
# What a type weighs nowhere is not read; `retention` names the partitions to look into.
WINDOW = f"""
FROM event e
WHERE e.type_id = ANY(%(types)s::smallint[]) AND e.retention = ANY(%(classes)s::smallint[])
  AND e.occurred_at > %(since)s AND e.occurred_at <= %(at)s
  AND e.verdict IS DISTINCT FROM {MACHINE} AND e.contact_id > 0 AND ({{weight}}) > 0"""
SCORES = """
SELECT e.contact_id, sum({value})::bigint AS score {window}
GROUP BY e.contact_id HAVING count(*) >= %(needed)s"""
PARTS = """
SELECT e.type_id, {operation}, count(*), sum({value})::bigint, max(e.occurred_at) {window}
  AND e.contact_id = %(contact)s GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2"""
INVENTED = "SELECT id FROM event_type WHERE key <> ALL(%s) ORDER BY id"


@dataclass(frozen=True)
class Scoring:
    """One way to score, at one instant."""

    settings: Mapping[str, Any]
    at: datetime

    @property
    def since(self) -> datetime:
        """Return when the window begins."""
        return self.at - timedelta(days=self.settings["days"])

    def scores(self) -> str:
        """Return the statement that scores everybody who was active."""
        return SCORES.format(value=self._value, window=self._window)

    def parts(self) -> str:
        """Return the statement that tells what the score of one contact is made of."""
        return PARTS.format(value=self._value, window=self._window, operation=_operation())

    def parameters(self) -> dict[str, Any]:
        """Return what these statements bind."""
        classes = {kind.retention for kind in self._kinds.values()}
        return {
            "types": list(self._weights),
            "classes": sorted(classes),
            "since": self.since,
            "at": self.at,
            "days": float(self.settings["days"]),
            "needed": self.settings["needed"],
        }

    def purposes(self) -> list[str]:
        """Return the consents without which what counts here cannot be measured."""
        return sorted({kind.consent for kind in self._kinds.values() if kind.consent})

    def key_of(self, number: int) -> str:
        """Return the activity that events of a type are."""
        return self._keys[number]

    @cached_property
    def _keys(self) -> dict[int, str]:
        """Name the activity of each type of event that weighs anything."""
        weighing = {cell.event for cell in cells() if self._weight(cell.key)}
        keys = {type_id(key): key for key in sorted(weighing - {OWN})}
        if OWN in weighing:
            with connection.cursor() as cursor:
                cursor.execute(INVENTED, [list(event_types.keys())])
                keys |= {row[0]: OWN for row in cursor.fetchall()}
        return keys

    @cached_property
    def _kinds(self) -> dict[str, Any]:
        return {
            key: CustomEvent if key == OWN else kind_of(key) for key in set(self._keys.values())
        }

    @cached_property
    def _weights(self) -> dict[int, str]:
        """Return the weight of each type, in thousandths, as SQL."""
        return {number: self._weight_of(key) for number, key in self._keys.items()}

    def _weight_of(self, key: str) -> str:
        mine = {cell.operation: self._weight(cell.key) for cell in cells() if cell.event == key}
        if len(set(mine.values())) == 1:
            return str(POINT * next(iter(mine.values())))
        whens = " ".join(
            f"WHEN starts_with(e.data ->> 'cause', '{MESSAGES[name]}') THEN {POINT * weight}"
            for name, weight in mine.items()
            if MESSAGES[name]
        )
        return f"CASE {whens} ELSE {POINT * mine['single']} END"

    def _weight(self, key: str) -> int:
        return int(self.settings["weights"].get(key, 0))

    @cached_property
    def _weighed(self) -> str:
        """Return the weight of an event, in thousandths."""
        if len(set(self._weights.values())) < 2:
            return next(iter(self._weights.values()), "0")
        whens = " ".join(f"WHEN {number} THEN {sql}" for number, sql in self._weights.items())
        return f"CASE e.type_id {whens} ELSE 0 END"

    @property
    def _window(self) -> str:
        return WINDOW.format(weight=self._weighed)

    @property
    def _value(self) -> str:
        factor = FACTORS.get(self.settings["recency"])
        # Whatever counts is something, however long ago.
        return f"greatest(1, round(({self._weighed}) * {factor}))" if factor else self._weighed


def _operation() -> str:
    """Name the kind of operation of an event about a message."""
    whens = " ".join(
        f"WHEN starts_with(e.data ->> 'cause', '{begins}') THEN '{name}'"
        for name, begins in MESSAGES.items()
        if begins
    )
    return f"CASE {whens} ELSE 'single' END"
