"""Key figures of the start page, narrowed to what somebody may see, beside the days before."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Sum

from campaigns.models import Campaign
from contacts.models import Contact
from dashboard.models import DayFigure
from dashboard.services import counting, own, readers
from emails.models import Delivery
from kernel.permissions import Actor, Reach, narrow
from kernel.zone import workspace_zone

PERIOD, WEEK = 30, 7
# Up to so many contacts are counted; beyond, the planner's estimate has to do.
COUNTED_EXACTLY = 100_000
KINDS = {
    counting.CONTACTS: "contacts",
    counting.MAILS: "emails",
}
ByDay = Mapping[date, int]


@dataclass(frozen=True)
class Figure:
    """A number, and the number of the period before; None where nothing is known yet."""

    number: int | None
    before: int | None = None
    exact: bool = True

    @property
    def difference(self) -> int | None:
        """How it changed."""
        return None if self.number is None or self.before is None else self.number - self.before


@dataclass(frozen=True)
class Days:
    """The figures by day that somebody may see."""

    today: date
    counted_at: datetime | None
    series: Mapping[str, ByDay]

    def total(self, what: str, days: int, back: int = 0) -> int | None:
        """Sum up so many days, ending so many days ago."""
        if self.counted_at is None:
            return None
        last = self.today - timedelta(days=back)
        first = last - timedelta(days=days - 1)
        values = self.series.get(what, {})
        return sum(number for day, number in values.items() if first <= day <= last)

    def figure(self, what: str, days: int = PERIOD) -> Figure:
        """Return a period beside the one before."""
        return Figure(self.total(what, days), self.total(what, days, days))

    def shown(self, what: str) -> list[tuple[date, int]]:
        """Return each day of the period shown, the oldest first."""
        values = self.series.get(what, {})
        days = [self.today - timedelta(days=back) for back in range(PERIOD - 1, -1, -1)]
        return [(day, values.get(day, 0)) for day in days]


def days(user: Actor, now: datetime) -> Days:
    """Read the figures by day, of one's own where one may see no others'."""
    today = now.astimezone(workspace_zone()).date()
    if own.is_narrowed(user):
        mine = own.by_day(user, today, 2 * PERIOD)
        return Days(today, now if mine is not None else None, mine or {})
    series: dict[str, dict[date, int]] = defaultdict(dict)
    for what, kind in KINDS.items():
        reach = user.reach(kind, "view")
        if reach is Reach.NONE:
            continue
        rows = DayFigure.objects.filter(what=what, day__gt=today - timedelta(days=2 * PERIOD))
        if reach is Reach.OWN:
            rows = rows.filter(owner_id=user.pk)
        series[what] = dict(rows.values_list("day").annotate(Sum("number")))
    counted = DayFigure.objects.filter(what=counting.COUNTED).aggregate(at=Max("counted_at"))
    at = counted["at"]
    return Days(today, None if at and _outrun(user, series, at) else at, series)


def _outrun(user: Actor, series: Mapping[str, ByDay], counted_at: datetime) -> bool:
    """Say whether nothing was there to count, and something is by now: zeros would be no answer."""
    if any(any(values.values()) for values in series.values()):
        return False
    seen = narrow(Contact.objects.all(), user, "contacts", "view")
    newest = [seen.order_by("-pk").values_list("created_at", flat=True).first()]
    if user.reach("emails", "view") is Reach.ALL:
        newest.append(Delivery.objects.order_by("-pk").values_list("created_at", flat=True).first())
    return any(at is not None and at > counted_at for at in newest)


def people(user: Actor, what: str, days: Days, now: datetime) -> Figure:
    """Return who did so in the period, among the contacts somebody may see: as the list does."""
    if own.is_narrowed(user):
        mine = own.people(user, what, now)
        return Figure(None) if mine is None else Figure(*mine)
    rows = DayFigure.objects.filter(what__in=[what, readers.BEFORE[what]])
    if days.counted_at is None or not rows.exists():
        return Figure(None)
    found = dict(rows.values_list("what").annotate(Sum("number")))
    return Figure(found.get(what, 0), found.get(readers.BEFORE[what], 0))


def contacts(user: Actor) -> Figure:
    """Count the contacts somebody sees: exactly up to 100,000, else an estimate."""
    rows = narrow(Contact.objects.order_by(), user, "contacts", "view")
    found = rows[: COUNTED_EXACTLY + 1].count()
    if found <= COUNTED_EXACTLY:
        return Figure(found)
    if user.reach("contacts", "view") is not Reach.ALL:
        return Figure(COUNTED_EXACTLY, exact=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'contact'")
        estimate = cursor.fetchone()[0]
    return Figure(max(int(estimate), COUNTED_EXACTLY), exact=False)


def campaigns(user: Actor) -> Any:
    """Return the campaigns somebody sees."""
    return narrow(Campaign.objects.all(), user, "campaigns", "view")
