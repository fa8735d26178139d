"""Figures of messages and runs, counted from the ledger; looking at them writes nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from channels.services.refused import Slow
from emails.models import Delivery, Email, Send, State
from emails.services import pace
from kernel.filters.questions import within_time

COUNT = """
SELECT d.{by}, d.state, CASE WHEN d.state = 6 THEN coalesce(d.reason, '') ELSE '' END AS why,
       count(*), count(d.opened_at), count(d.machine_at) FILTER (WHERE d.opened_at IS NULL),
       count(d.clicked_at), count(d.unsubscribed_at)
FROM {rows} WHERE {which} GROUP BY 1, 2, 3"""
ALL = "delivery d"
# Of one user's contacts: a statement of its own, so that the planner may begin with these.
OWN = "contact c JOIN delivery d ON d.contact_id = c.id"
PATIENCE_MS = 1_500
# So many rows are counted while somebody waits; of larger runs the kept figures are shown.
COUNTED_AT_ONCE = pace.COUNTED_AT_ONCE
# How often kept figures are renewed: of a large run on its way, and while people may still open.
RENEWED, LATER, LONG = timedelta(seconds=30), timedelta(hours=1), timedelta(days=30)


def of_emails(emails: list[int], owner: int | None = None) -> dict[str, Any]:
    """Count the deliveries of an email and its translations, to the contacts of an owner or all."""
    counted = _count("email_id", "d.email_id = ANY(%s)", [emails], owner)
    return _figures(row for rows in counted.values() for row in rows)


def attach(runs: Sequence[Send], owner: int | None = None) -> None:
    """Give each run its figures, the newest counted now, in one statement for all.

    `owner` narrows them to the contacts of one user: kept figures are everybody's. Of very many,
    that is `Slow`.
    """
    if owner is not None:
        _counted(runs, owner)
        return
    budget, fresh = COUNTED_AT_ONCE, []
    for run in sorted(runs, key=lambda one: -one.pk):
        budget -= int(run.counts.get("selected", 0))
        if budget >= 0:
            fresh.append(run)
        else:
            run.counts = {**_figures([]), **run.counts}
    _counted(fresh)


def keep(runs: Sequence[Send], now: datetime) -> None:
    """Count runs and keep the figures, and while they go how far they are."""
    before = {run.pk: run.counts for run in runs}
    _counted(runs)
    for run in runs:
        if run.finished_at in (None, now):
            pace.note(run.counts, before[run.pk], now)
        elif "pace" in before[run.pk]:
            run.counts["pace"] = before[run.pk]["pace"]
        Send.objects.filter(pk=run.pk).update(counts=run.counts, counted_at=now)


def renew(now: datetime) -> None:
    """Renew the kept figures that have grown old."""
    old = Q(counted_at=None) | Q(counted_at__lt=now - LATER)
    late = Send.objects.filter(old, finished_at__gte=now - LONG)
    going = Send.objects.filter(finished_at=None).exclude(state=Send.State.QUEUED)
    for run in [*going, *late]:
        keep([run], now)


def attach_to_emails(emails: Sequence[Email], owner: int | None = None) -> None:
    """Give each email its figures over all runs and single messages, in a few statements.

    Small ledgers are counted now, of large ones the kept figures are shown. `owner` narrows them
    to the contacts of one user; of very many, that is `Slow`.
    """
    broadcasts = [email for email in emails if email.type == Email.Type.SEGMENT]
    runs = list(Send.objects.filter(email__in=broadcasts))
    attach(runs, owner)
    budget, fresh = COUNTED_AT_ONCE, []
    for email in emails:
        if email.type == Email.Type.SEGMENT:
            email.counts = _sum(run.counts for run in runs if run.email_id == email.pk)
            continue
        budget -= int(email.counts.get("selected", 0))
        fresh += [email] if budget >= 0 or owner is not None else []
        email.counts = {**_figures([]), **email.counts}
    _count_singles(fresh, owner)


def renew_emails(now: datetime) -> None:
    """Renew the kept figures of emails that are sent one by one, while people still open them."""
    old = Q(counted_at=None) | Q(counted_at__lt=now - LATER)
    lately = Delivery.objects.filter(email_id=OuterRef("pk")).order_by("-id")
    emails = Email.objects.filter(old, type=Email.Type.TEMPLATE).annotate(
        last=Subquery(lately.values("created_at")[:1])
    )
    for email in emails.filter(last__gte=now - LONG):
        _count_singles([email])
        Email.objects.filter(pk=email.pk).update(counts=email.counts, counted_at=now)


def _count_singles(emails: Sequence[Email], owner: int | None = None) -> None:
    numbers = [email.pk for email in emails]
    if not numbers:
        return
    found = _count("email_id", "d.email_id = ANY(%s)", [numbers], owner)
    for email in emails:
        email.counts = _figures(found.get(email.pk, []))


def _sum(counted: Iterable[dict[str, Any]]) -> dict[str, Any]:
    total = _figures([])
    for counts in counted:
        for name, value in counts.items():
            if isinstance(value, int):
                total[name] = total.get(name, 0) + value
    return total


def _counted(runs: Sequence[Send], owner: int | None = None) -> None:
    which = "d.email_id = ANY(%s) AND d.run_id = ANY(%s)"
    numbers = [run.pk for run in runs]
    emails = sorted({run.email_id for run in runs})
    found = _count("run_id", which, [emails, numbers], owner) if runs else {}
    for run in runs:
        run.counts = _figures(found.get(run.pk, []))


def _count(
    by: str, which: str, values: list[Any], owner: int | None
) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    if owner is None:
        rows = _run(COUNT.format(by=by, rows=ALL, which=which), values)
    else:
        own = COUNT.format(by=by, rows=OWN, which=f"c.owner_id = %s AND {which}")
        with within_time(Slow, PATIENCE_MS):
            rows = _run(own, [owner, *values])
    for number, *row in rows:
        found.setdefault(number, []).append(tuple(row))
    return found


def _run(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _figures(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    figures: dict[str, Any] = {state.name.lower(): 0 for state in State}
    figures |= {"selected": 0, "skipped_by_reason": {}, "opened": 0, "opened_by_machine_only": 0}
    figures |= {"clicked": 0, "unsubscribed": 0}
    reasons = figures["skipped_by_reason"]
    for state, why, number, opened, machine, clicked, left in rows:
        figures[State(state).name.lower()] += number
        figures["selected"] += number
        figures["opened"] += opened
        figures["opened_by_machine_only"] += machine
        figures["clicked"] += clicked
        figures["unsubscribed"] += left
        if why:
            reasons[why] = reasons.get(why, 0) + number
    return figures
