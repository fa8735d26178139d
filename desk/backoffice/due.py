"""When tasks are due, as lists show and narrow it."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from backoffice.columns import moment
from backoffice.templatetags.relais import pill
from desk.models import Task
from kernel import clock


def apply_due(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Keep open tasks that are late, due today or within a week, or at no particular time."""
    now = timezone.localtime(clock.now())
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = {"overdue": now, "today": morning + timedelta(days=1), "week": now + timedelta(days=7)}
    still = rows.filter(done_at__isnull=True)
    if value == "none":
        return still.filter(due_at__isnull=True)
    return still.filter(due_at__lt=ends[value])


def apply_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Keep what is open, or what is done."""
    return rows.filter(done_at__isnull=value == "open")


def is_late(row: Task) -> bool:
    """Say whether it should have been done by now."""
    return row.done_at is None and row.due_at is not None and row.due_at < clock.now()


def due_cell(row: Task) -> Any:
    """Say when it is due, or that it is done."""
    if row.done_at is not None:
        return format_html('<span class="good">{}</span>', _("done"))
    if row.due_at is None:
        return ""
    return format_html(
        '<span class="{}">{}</span>', "wrong" if is_late(row) else "", moment(row.due_at)
    )


def state_pill(row: Task) -> Any:
    """Say whether it is open, late or done."""
    if row.done_at is not None:
        return pill("", _("Done"), "green", "check")
    return pill("", _("Overdue"), "red", "alert-circle") if is_late(row) else pill("", _("Open"))
