"""How a run gets on: parts that sum to the whole, pace, what is left, by receiving domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from emails.models import Send
from emails.services import figures
from emails.services.limits import EVERYTHING, in_force

# The pace is that of the last seconds; of the whole run where its figures are kept ones.
WINDOW = timedelta(seconds=10)
# So many recipients are looked at for the table of domains.
LOOKED_AT = 50_000
SHOWN_DOMAINS = 6
PARTS = ("sent", "sending", "queued", "skipped", "failed", "uncertain", "cancelled")

RECENT = """
SELECT count(*) FROM delivery
WHERE email_id = %(email)s AND run_id = %(run)s AND sent_at > %(since)s"""
DOMAINS = """
SELECT coalesce(split_part(c.email_key, '@', 2), ''), count(*),
       count(*) FILTER (WHERE d.state IN (0, 1, 2)),
       count(*) FILTER (WHERE d.state = 0 AND d.attempts > 0), count(*) FILTER (WHERE d.state = 4)
FROM (SELECT contact_id, state, attempts FROM delivery
      WHERE email_id = %(email)s AND run_id = %(run)s ORDER BY id LIMIT %(most)s) d
LEFT JOIN contact c ON c.id = d.contact_id
WHERE %(owner)s::bigint IS NULL OR c.owner_id = %(owner)s GROUP BY 1 ORDER BY 2 DESC, 1"""


@dataclass(frozen=True)
class Progress:
    """What one look at a run tells."""

    counts: Mapping[str, Any]
    # Mails a second; None where nothing goes out.
    rate: float | None
    limit: int | None
    # When the figures are from; None: now.
    counted_at: datetime | None

    @property
    def total(self) -> int:
        """Return everybody who was chosen so far."""
        return int(self.counts["selected"])

    @property
    def parts(self) -> dict[str, int]:
        """Return the parts of the bar; they sum to the total."""
        found = {name: int(self.counts[name]) for name in PARTS}
        found["sending"] += int(self.counts["claimed"])
        return found

    @property
    def open(self) -> int:
        """Return how many still wait or are on their way."""
        return self.parts["queued"] + self.parts["sending"]

    @property
    def left(self) -> timedelta | None:
        """Return how long the rest takes at this pace."""
        return timedelta(seconds=self.open / self.rate) if self.rate and self.open else None


@dataclass(frozen=True)
class Domain:
    """What became of the recipients at one receiving domain."""

    name: str
    total: int
    open: int
    deferred: int
    failed: int

    @property
    def share(self) -> int:
        """Return how much is done, in hundredths."""
        return 100 * (self.total - self.open) // self.total if self.total else 0


def of(run: Send, now: datetime, owner: int | None = None) -> Progress:
    """Look at a run: small ones are counted now, of large ones the kept figures are shown.

    `owner` narrows it to the contacts of one user, whose mails have no pace of their own.
    """
    small = owner is not None or _is_small(run)
    figures.attach([run], owner)
    limit = in_force().get(EVERYTHING)
    return Progress(
        counts=run.counts,
        rate=_rate(run, now, small=small) if owner is None else None,
        limit=round(1 / limit.interval) if limit and limit.interval else None,
        counted_at=None if small else run.counted_at,
    )


def _is_small(run: Send) -> bool:
    return int(run.counts.get("selected", 0)) <= figures.COUNTED_AT_ONCE


def _rate(run: Send, now: datetime, *, small: bool) -> float | None:
    if run.state not in (Send.State.SENDING, Send.State.PREPARING) or run.started_at is None:
        return None
    if not small:
        passed = ((run.counted_at or now) - run.started_at).total_seconds()
        return int(run.counts["sent"]) / passed if passed > 0 else None
    window = min(WINDOW, max(now - run.started_at, timedelta(seconds=1)))
    values: dict[str, Any] = {"email": run.email_id, "run": run.pk, "since": now - window}
    with connection.cursor() as cursor:
        cursor.execute(RECENT, values)
        return int(cursor.fetchone()[0]) / window.total_seconds()


def domains(run: Send, owner: int | None = None) -> list[Domain]:
    """Return the largest receiving domains; the others are one, named by their number."""
    values: dict[str, Any] = {"email": run.email_id, "run": run.pk, "most": LOOKED_AT}
    values["owner"] = owner
    with connection.cursor() as cursor:
        cursor.execute(DOMAINS, values)
        found = [Domain(*row) for row in cursor.fetchall()]
    rest = found[SHOWN_DOMAINS:]
    if not rest:
        return found
    others = Domain(
        name=str(len(rest)),
        total=sum(one.total for one in rest),
        open=sum(one.open for one in rest),
        deferred=sum(one.deferred for one in rest),
        failed=sum(one.failed for one in rest),
    )
    return [*found[:SHOWN_DOMAINS], others]
