"""Old months of the log are dropped as whole tables, once nothing looks back at them any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import clock, retention
from kernel.changes import announce_everyone
from kernel.events import event_types, kind_of
from kernel.filters.wording import said_duration
from kernel.locks import PARTITION_LOCK, wait_lock
from kernel.models import EventKind
from kernel.partitions import CLASSES, DROPPING, KEPT_AT_LEAST
from kernel.retention import Keeping, Need, longest_need

LABELS = {
    1: gettext_lazy("Page views and other hits of sites"),
    2: gettext_lazy("What became of messages: sent, opened, clicked"),
    3: gettext_lazy("All other events: changes, orders, consents"),
}
MONTHS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = %s::regclass AND c.relname < %s ORDER BY 1"""
# Writers into other months wait for no longer than this; else the next turn tries again.
PATIENCE = "SET LOCAL lock_timeout = '3s'"


def _first_kept(class_: int, before: datetime) -> str:
    """Return the name of the month that an instant lies in: it stays, and so do those needed."""
    need = longest_need(partial(_is_of, class_))
    oldest = clock.now() - max(KEPT_AT_LEAST, need.length if need else timedelta())
    month = min(before, oldest).astimezone(UTC)
    return f"event_{CLASSES[class_]}_{month.year:04}_{month.month:02}"


def _is_of(class_: int, event: str) -> bool:
    return kind_of(event).retention == class_


def _months(class_: int, before: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, [f"event_{CLASSES[class_]}", _first_kept(class_, before)])
        return [row[0] for row in cursor.fetchall()]


def _count(class_: int, before: datetime) -> int:
    total = 0
    with connection.cursor() as cursor:
        for month in _months(class_, before):
            cursor.execute(f'SELECT count(*) FROM "{month}"')  # noqa: S608 - a table of ours
            total += cursor.fetchone()[0]
    return total


def _drop(class_: int, before: datetime, now: datetime) -> int:
    """Drop the oldest month that has anything; empty ones go with it."""
    gone = 0
    for month in _months(class_, before):
        with connection.cursor() as cursor:
            wait_lock(PARTITION_LOCK, DROPPING)
            cursor.execute(PATIENCE)
            cursor.execute(f'ALTER TABLE "event_{CLASSES[class_]}" DETACH PARTITION "{month}"')
            cursor.execute(f'SELECT count(*) FROM "{month}"')  # noqa: S608 - a table of ours
            gone = cursor.fetchone()[0]
            cursor.execute(f'DROP TABLE "{month}"')
        if gone:
            break
    if gone:
        # What counts over the whole log, such as *clicked this email*, counts anew.
        keys = {*event_types.keys(), *EventKind.objects.values_list("key", flat=True)}
        announce_everyone(sorted(f"event:{key}" for key in keys if _is_of(class_, key)))
    return gone


def _refuse(class_: int, days: int) -> str:
    """Name who looks back further than so many days."""
    need: Need | None = longest_need(partial(_is_of, class_))
    if need is None or need.length <= timedelta(days=days):
        return ""
    values = {
        "name": need.name,
        "period": said_duration(f"{-(-need.length // timedelta(days=1))}d"),
    }
    return _("%(name)s looks back %(period)s: keep these at least as long.") % values


def declare() -> None:
    """Offer the three classes of the log."""
    for class_, name in CLASSES.items():
        counting: Callable[[datetime], int] = partial(_count, class_)
        retention.declare(
            Keeping(
                key=f"events.{name}",
                label=LABELS[class_],
                what=gettext_lazy(
                    "whole months are deleted; first, last and number stay with each person"
                ),
                default=None,
                count=counting,
                forget=partial(_drop, class_),
                least=KEPT_AT_LEAST.days,
                refuse=partial(_refuse, class_),
            )
        )
