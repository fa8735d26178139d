"""Figures of texts and runs, counted from the ledger; looking at them writes nothing."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from kernel.filters.questions import within_time
from sms.models import State, Text, TextRun

COUNT = """
SELECT d.{by}, d.state, CASE WHEN d.state = 6 THEN coalesce(d.reason, '') ELSE '' END AS why,
       count(*), count(d.delivered_at), count(d.clicked_at), count(d.replied_at),
       coalesce(sum(d.parts) FILTER (WHERE d.state IN (3, 5)), 0)
FROM {rows} WHERE d.{by} = ANY(%(numbers)s) {own} GROUP BY 1, 2, 3"""
ALL = "sms_delivery d"
# Of one user's contacts: a statement of its own, so that the planner may begin with these.
OWN = "contact c JOIN sms_delivery d ON d.contact_id = c.id"
PATIENCE_MS = 1_500
Row = tuple[Any, ...]


class Slow(Exception):  # noqa: N818 - an answer
    """Counting takes longer than a person waits."""


def of_texts(texts: list[int], owner: int | None = None) -> dict[str, Any]:
    """Count the deliveries of a text and its translations, to an owner's contacts or all."""
    counted = _count("sms_id", texts, owner)
    return _figures(row for rows in counted.values() for row in rows)


def attach(rows: Sequence[Text | TextRun], owner: int | None = None) -> None:
    """Give each text, or each run, its figures as `counts`, in one statement; else `Slow`."""
    if not rows:
        return
    by = "sms_id" if isinstance(rows[0], Text) else "run_id"
    found = _count(by, [row.pk for row in rows], owner)
    for row in rows:
        row.counts = _figures(found.get(row.pk, []))  # type: ignore[union-attr]


def _count(by: str, numbers: list[int], owner: int | None) -> dict[int, list[Row]]:
    mine = owner is not None
    statement = COUNT.format(
        by=by, rows=OWN if mine else ALL, own="AND c.owner_id = %(owner)s" if mine else ""
    )
    with within_time(Slow, PATIENCE_MS), connection.cursor() as cursor:
        cursor.execute(statement, {"numbers": numbers, "owner": owner})
        rows = cursor.fetchall()
    found: dict[int, list[Row]] = {}
    for number, *row in rows:
        found.setdefault(number, []).append(tuple(row))
    return found


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
