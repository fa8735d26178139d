"""What holds marketing back on a channel: frequency, quiet hours, a pause the person asked for.

Sendings are counted under the gate's lock, by a statement younger than it, so that a limit holds
however many campaigns write to one person at once. Hours are those of the person's time zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from contacts.words import Period
from kernel import preferences
from kernel.zone import midnight, workspace_zone

# What would have to wait longer is no news any more.
LONGEST_WAIT = timedelta(days=30)
# As every ledger calls these reasons.
PAUSED, QUIET, FREQUENCY = "paused", "quiet_hours", "frequency_cap"

# The oldest of the last `most` messages, if they all lie within the period; one more may go when
# that one leaves it. What is on its way counts, and so does what may have arrived.
_CAP = """(SELECT t.at + {period} FROM (
    SELECT coalesce(o.sent_at, CASE WHEN o.state IN (1, 2) THEN %(now)s ELSE o.due_at END) at
    FROM {ledger} o {topic} WHERE o.contact_id = j.contact_id AND NOT o.transactional
      AND o.state IN (1, 2, 3, 5)) t
  WHERE t.at > %(now)s - {period} ORDER BY t.at DESC OFFSET {skip} LIMIT 1)"""
_OWN_PERIOD = (
    "(CASE j.per "
    + " ".join(f"WHEN '{one.value}' THEN {one.days}" for one in Period)
    + " END * interval '1 day')"
)

HOURS = """
SELECT d.id, c.timezone, w.quiet_from, w.quiet_to, w.pause_until FROM {ledger} d
JOIN contact c ON c.id = d.contact_id
LEFT JOIN channel_wish w ON w.contact_id = d.contact_id AND w.channel = '{channel}'
WHERE d.id = ANY(%s)"""
WISHES = "SELECT EXISTS (SELECT 1 FROM channel_wish WHERE channel = %s)"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Whose sendings are counted: the channel, its table, and what its settings begin with."""

    channel: str
    table: str
    settings: str


EMAILS = Ledger("email", "delivery", "emails")


class Hours(NamedTuple):
    """When one person is not to be disturbed."""

    timezone: str | None
    quiet_from: time | None
    quiet_to: time | None
    pause_until: date | None


@dataclass(frozen=True)
class Rules:
    """The workspace's rules in force, and whether any person has wishes of their own."""

    caps: tuple[dict[str, Any], ...]
    quiet: dict[str, str] | None
    delays: bool
    wishes: bool
    zone: ZoneInfo
    ledger: Ledger

    @classmethod
    def read(cls, ledger: Ledger = EMAILS) -> "Rules":
        """Read those of a channel."""
        with connection.cursor() as cursor:
            cursor.execute(WISHES, [ledger.channel])
            wishes = bool(cursor.fetchone()[0])
        return cls(
            caps=tuple(preferences.get(f"{ledger.settings}.frequency_caps")),
            quiet=preferences.get(f"{ledger.settings}.quiet_hours"),
            delays=preferences.get(f"{ledger.settings}.when_held") == "delay",
            wishes=wishes,
            zone=workspace_zone(),
            ledger=ledger,
        )

    @property
    def counts(self) -> bool:
        """Say whether sendings are counted at all."""
        return bool(self.caps or self.wishes)

    def capped_until(self) -> str:
        """Return SQL: when one more may go to `j`, NULL for now."""
        found = [self._rule(cap) for cap in self.caps]
        if self.wishes:
            own = _CAP.format(
                period=_OWN_PERIOD, topic="", skip="j.most - 1", ledger=self.ledger.table
            )
            found.append(f"CASE WHEN j.most IS NOT NULL THEN {own} END")
        return f"greatest({', '.join(found)})" if found else "NULL::timestamptz"

    def _rule(self, cap: dict[str, Any]) -> str:
        period = f"interval '{Period(cap['per']).days} days'"
        topic = int(cap.get("topic") or 0)
        joined = f"JOIN email oe ON oe.id = o.email_id AND oe.topic_id = {topic}" if topic else ""
        applies = f"j.topic_id = {topic}" if topic else "j.most IS NULL"
        skip = int(cap["max"]) - 1
        rule = _CAP.format(period=period, topic=joined, skip=skip, ledger=self.ledger.table)
        return f"CASE WHEN {applies} THEN {rule} END"

    def waiting(self, deliveries: Iterable[int], now: datetime) -> dict[str, Any]:
        """Return parameters: which deliveries wait for the hour or the day, until when, and why."""
        found: dict[int, tuple[str, datetime]] = {}
        if self.quiet or self.wishes:
            with connection.cursor() as cursor:
                asked = HOURS.format(ledger=self.ledger.table, channel=self.ledger.channel)
                cursor.execute(asked, [list(deliveries)])
                for number, *hours in cursor.fetchall():
                    if held := self.held(Hours(*hours), now):
                        found[number] = held
        return {
            "held": list(found),
            "whys": [why for why, _until in found.values()],
            "ends": [until for _why, until in found.values()],
            "delays": self.delays,
            "longest": now + LONGEST_WAIT,
            "now": now,
        }

    def waits(self, why: str, until: datetime, now: datetime) -> bool:
        """Say whether what is held back waits, as the statement of the claim decides."""
        return why == QUIET or (self.delays and until <= now + LONGEST_WAIT)

    def held(self, hours: Hours, now: datetime) -> tuple[str, datetime] | None:
        """Say what keeps a message from one person at this hour, and until when."""
        zone = _zone(hours.timezone) or self.zone
        if hours.pause_until and (over := midnight(hours.pause_until, zone)) > now:
            return PAUSED, over
        begins, ends = hours.quiet_from, hours.quiet_to
        if begins is None and self.quiet:
            begins, ends = (time.fromisoformat(self.quiet[name]) for name in ("from", "to"))
        if begins is None or ends is None:
            return None
        until = _quiet_until(begins, ends, zone, now)
        return (QUIET, until) if until else None


# Nobody waits for an order confirmation until the morning.
NOTHING_HOLDS = Rules(
    caps=(), quiet=None, delays=False, wishes=False, zone=ZoneInfo("UTC"), ledger=EMAILS
)


def _quiet_until(begins: time, ends: time, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the quiet hours end, None outside them; they may reach over midnight."""
    local = now.astimezone(zone)
    clock, day = local.time(), local.date()
    overnight = begins > ends
    if overnight and clock >= begins:
        day += timedelta(days=1)
    elif not (clock < ends if overnight else begins <= clock < ends):
        return None
    return datetime.combine(day, ends, zone).astimezone(UTC)


@lru_cache(maxsize=1_000)
def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
