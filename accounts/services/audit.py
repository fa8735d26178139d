"""Writing the audit trail down, and forgetting it by age."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.models import AuditEntry, User
from kernel import clock, origins, preferences
from kernel.trail import Deed, Told, amended_by, kept_by, read_by, shortened

SLICE = 10_000
# Anybody can fail to sign in, so failures are kept for less long, and so many an hour at most.
FAILURE = "sign-in-failed"
FAILURES_KEPT = timedelta(days=30)
MOST_FAILURES_AN_HOUR = 300


@kept_by
def keep(deed: Deed, now: datetime) -> None:
    """Write one entry, in the transaction of what it tells."""
    who = User.objects.filter(pk=deed.user or 0).values_list("email", flat=True).first()
    AuditEntry.objects.create(
        at=now,
        user_id=deed.user if who else None,
        who=who or "",
        token_id=deed.token,
        address=origins.kept(deed.address),
        kind=deed.kind[:40],
        verb=deed.verb[:60],
        object_id=deed.object,
        name=shortened(deed.name, 200),
        path=deed.path[:200],
        before=dict(deed.before),
        after=dict(deed.after),
    )


@amended_by
def go_on(deed: Deed) -> None:
    """Bring the latest entry of a thing up to date."""
    latest = AuditEntry.objects.filter(kind=deed.kind, object_id=deed.object).order_by("-pk")
    entry = latest.select_for_update().first()
    if entry is None:
        return
    entry.before = {**deed.before, **entry.before}
    entry.after = {**entry.after, **deed.after}
    entry.save(update_fields=["before", "after"])


@read_by
def entries(kind: str, number: int | None, most: int) -> list[Told]:
    """Read the entries of one thing, the latest first."""
    kept = AuditEntry.objects.filter(kind=kind, object_id=number).order_by("-pk")[:most]
    return [
        Told(
            *(entry.at, entry.who, entry.verb, entry.before, entry.after),
            user=entry.user_id,
            token=entry.token_id,
        )
        for entry in kept
    ]


def about(kind: str, number: int) -> list[dict[str, Any]]:
    """Return what was done to a thing, the oldest first, for whom it is about."""
    kept = AuditEntry.objects.filter(kind=kind, object_id=number).order_by("pk")
    return [{"at": clock.iso(entry.at), "verb": entry.verb} for entry in kept]


def empty(kind: str, numbers: Sequence[int]) -> None:
    """Take out of the entries of things whatever could name them."""
    kept = AuditEntry.objects.filter(kind=kind, object_id__in=numbers)
    kept.update(name="", before={}, after={})


def forget(now: datetime) -> int:
    """Delete what is older than the workspace keeps, in slices; return how much."""
    before, total = now - timedelta(days=preferences.get("accounts.audit_days")), 0
    while deleted := forget_slice(before, now):
        total += deleted
    return total


def has_room_for_failure(now: datetime) -> bool:
    """Say whether one more failed sign-in may be noted in this hour."""
    lately = AuditEntry.objects.filter(at__gt=now - timedelta(hours=1), verb=FAILURE)
    return lately[:MOST_FAILURES_AN_HOUR].count() < MOST_FAILURES_AN_HOUR


def _slice(before: datetime, verb: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_entry WHERE id = ANY(ARRAY("
            "SELECT id FROM audit_entry WHERE at < %s AND verb LIKE %s ORDER BY at LIMIT %s))",
            [before, verb, SLICE],
        )
        return int(cursor.rowcount)


def count(before: datetime) -> int:
    """Count what is older."""
    failures = Q(verb=FAILURE, at__lt=max(before, clock.now() - FAILURES_KEPT))
    return AuditEntry.objects.filter(Q(at__lt=before) | failures).count()


def forget_slice(before: datetime, now: datetime) -> int:
    """Delete some of it; failures to sign in are kept for less long."""
    return _slice(before, "%") or _slice(max(before, now - FAILURES_KEPT), FAILURE)
