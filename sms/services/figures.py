"""Figures of texts and runs, counted from the ledger; looking at them writes nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Q, Subquery

from channels.services.refused import Slow
from kernel.filters.questions import within_time
from sms.models import State, Text, TextDelivery, TextRun

COUNT = """
SELECT d.{by}, d.state, CASE WHEN d.state = 6 THEN coalesce(d.reason, '') ELSE '' END AS why,
       count(*), count(d.delivered_at), count(d.clicked_at), count(d.replied_at),
       coalesce(sum(d.parts) FILTER (WHERE d.state IN (3, 5)), 0)
FROM {rows} WHERE d.{by} = ANY(%(numbers)s) {own} GROUP BY 1, 2, 3"""
ALL = "sms_delivery d"
# Of one user's contacts: a statement of its own, so that the planner may begin with these.
OWN = "contact c JOIN sms_delivery d ON d.contact_id = c.id"
PATIENCE_MS = 1_500
# So many rows are counted while somebody waits; of larger runs the kept figures are shown.
COUNTED_AT_ONCE = 50_000
# How often kept figures are renewed: of a large run on its way, and while people may still answer.
RENEWED, LATER, LONG = timedelta(seconds=30), timedelta(hours=1), timedelta(days=30)
Row = tuple[Any, ...]


def of_texts(texts: list[int], owner: int | None = None) -> dict[str, Any]:
    """Count the deliveries of a text and its translations, to an owner's contacts or all."""
    if owner is None:
        return _sum(attach(list(Text.objects.filter(pk__in=texts))))
    with within_time(Slow, PATIENCE_MS):
        counted = _count("sms_id", texts, owner)
    return _figures(row for rows in counted.values() for row in rows)


def attach(rows: Sequence[Text | TextRun], owner: int | None = None) -> list[dict[str, Any]]:
    """Give each text, or each run, its figures as `counts`, in few statements; return them.

    The newest are counted now, of large ones the kept figures are shown. `owner` narrows them to
    the contacts of one user: kept figures are everybody's. Of very many, that is `Slow`.
    """
    if owner is not None:
        with within_time(Slow, PATIENCE_MS):
            _counted(rows, owner)
        return [row.counts for row in rows]
    budget, fresh = COUNTED_AT_ONCE, []
    for row in sorted(rows, key=lambda one: -one.pk):
        budget -= int(row.counts.get("selected", 0))
        if budget >= 0:
            fresh.append(row)
        else:
            row.counts = {**_figures([]), **row.counts}
    _counted(fresh)
    return [row.counts for row in rows]


def keep(row: Text | TextRun, now: datetime) -> None:
    """Count a text or a run and keep its figures."""
    _counted([row])
    type(row)._base_manager.filter(pk=row.pk).update(counts=row.counts, counted_at=now)


def renew(now: datetime) -> None:
    """Renew the kept figures that have grown old, while people still click and answer."""
    old = Q(counted_at=None) | Q(counted_at__lt=now - LATER)
    late = TextRun.objects.filter(old, finished_at__gte=now - LONG)
    going = TextRun.objects.filter(finished_at=None).exclude(state=TextRun.State.QUEUED)
    lately = TextDelivery.objects.filter(sms_id=OuterRef("pk")).order_by("-id")
    moving = Q(pk__in=going.values("sms_id"))
    texts = Text.objects.filter(old | moving).annotate(
        last=Subquery(lately.values("created_at")[:1])
    )
    old_ones: list[Text | TextRun] = [*going, *late, *texts.filter(last__gte=now - LONG)]
    for row in old_ones:
        keep(row, now)


def _counted(rows: Sequence[Text | TextRun], owner: int | None = None) -> None:
    if not rows:
        return
    by = "sms_id" if isinstance(rows[0], Text) else "run_id"
    found = _count(by, [row.pk for row in rows], owner)
    for row in rows:
        row.counts = _figures(found.get(row.pk, []))


def _count(by: str, numbers: list[int], owner: int | None) -> dict[int, list[Row]]:
    mine = owner is not None
    statement = COUNT.format(
        by=by, rows=OWN if mine else ALL, own="AND c.owner_id = %(owner)s" if mine else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"numbers": numbers, "owner": owner})
        rows = cursor.fetchall()
    found: dict[int, list[Row]] = {}
    for number, *row in rows:
        found.setdefault(number, []).append(tuple(row))
    return found


def _sum(counted: Iterable[dict[str, Any]]) -> dict[str, Any]:
    total = _figures([])
    reasons = total["skipped_by_reason"]
    for counts in counted:
        for name, value in counts.items():
            if isinstance(value, int):
                total[name] = total.get(name, 0) + value
        for why, number in counts["skipped_by_reason"].items():
            reasons[why] = reasons.get(why, 0) + number
    return total


def _figures(rows: Iterable[Row]) -> dict[str, Any]:
    figures: dict[str, Any] = {state.name.lower(): 0 for state in State}
    figures |= {"selected": 0, "skipped_by_reason": {}, "delivered": 0, "clicked": 0}
    figures |= {"replied": 0, "parts": 0}
    reasons = figures["skipped_by_reason"]
    for state, why, number, delivered, clicked, replied, parts in rows:
        figures[State(state).name.lower()] += number
        figures["selected"] += number
        figures["delivered"] += delivered
        figures["clicked"] += clicked
        figures["replied"] += replied
        figures["parts"] += parts
        if why:
            reasons[why] = reasons.get(why, 0) + number
    return figures
