"""Runs of broadcasts: begun once, paused, resumed, cancelled, finished."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from sms.models import Text, TextRun
from sms.services import audience, figures

S = TextRun.State
# Who works on a run: preparing and cancelling, then sending.
QUEUES = ("sms.runs", "sms.deliveries")


class RunRefused(Exception):  # noqa: N818 - an answer to a person
    """What was asked of a run is not possible as things stand."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def begin(
    text: Text, at: datetime | None, now: datetime, *, new_only: bool, owner_id: int | None
) -> TextRun:
    """Begin a run of a broadcast, or return the one that is open; the text is locked."""
    running = text.runs.filter(state__in=TextRun.OPEN).first()
    if running is not None:
        return running
    _check(text)
    again = text.runs.exists()
    if again and not new_only:
        raise RunRefused("already_sent")
    # Until a later hour the segments may fill.
    if (at is None or at <= now) and audience.is_empty(text):
        raise RunRefused("nobody_new" if again else "nobody")
    return TextRun.objects.create(
        sms=text, at=at or now, new_only=new_only, owner_id=owner_id, created_at=now
    )


def _check(text: Text) -> None:
    if text.type != Text.Type.SEGMENT:
        raise RunRefused("not_a_broadcast")
    if text.translation_of_id:
        raise RunRefused("is_translation")
    if text.state != Text.State.PUBLISHED:
        raise RunRefused("unpublished")
    if not text.segments.exists():
        raise RunRefused("no_segments")


def pause(run: TextRun) -> None:
    """Stop claiming; what is out already is finished."""
    stopped = TextRun.objects.filter(
        pk=run.pk, state__in=[S.QUEUED, S.PREPARING, S.SENDING]
    ).update(paused_from=F("state"), state=S.PAUSED)
    if not stopped and not TextRun.objects.filter(pk=run.pk, state=S.PAUSED).exists():
        raise RunRefused("not_running")


def resume(run: TextRun) -> None:
    """Go on where the run was paused."""
    if not TextRun.objects.filter(pk=run.pk, state=S.PAUSED).update(
        state=F("paused_from"), paused_from=""
    ):
        raise RunRefused("not_paused")


def cancel(run: TextRun) -> None:
    """Send nothing more; the rows that wait are closed by the queue of runs."""
    if run.state == S.CANCELLED:
        return
    if not TextRun.objects.filter(pk=run.pk, state__in=TextRun.OPEN).update(state=S.CANCELLED):
        raise RunRefused("not_running")


# What is in doubt may turn out not to be taken, and goes again then.
OPEN_ROWS = """
SELECT EXISTS (SELECT 1 FROM sms_delivery WHERE run_id = %(run)s AND state = 0
               AND transactional = ANY('{t,f}'))
    OR EXISTS (SELECT 1 FROM sms_delivery WHERE run_id = %(run)s AND state IN (1, 2)
               AND lease_until > '-infinity')
    OR EXISTS (SELECT 1 FROM sms_delivery WHERE run_id = %(run)s AND state = 5
               AND body IS NOT NULL)"""


OVER = """
SELECT r.id FROM sms_run r WHERE r.finished_at IS NULL AND r.state = 'sending'
  AND NOT EXISTS (SELECT 1 FROM sms_delivery d WHERE d.run_id = r.id AND d.state = 0
                  AND d.transactional = ANY('{t,f}'))
  AND NOT EXISTS (SELECT 1 FROM sms_delivery d WHERE d.run_id = r.id AND d.state IN (1, 2)
                  AND d.lease_until > '-infinity')
  AND NOT EXISTS (SELECT 1 FROM sms_delivery d WHERE d.run_id = r.id AND d.state = 5
                  AND d.body IS NOT NULL)"""


def finish(run: int, now: datetime) -> bool:
    """Close a run in which nobody waits any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sms_run WHERE id = %s FOR NO KEY UPDATE", [run])
        cursor.execute(OPEN_ROWS, {"run": run})
        if cursor.fetchone()[0]:
            return False
        done = TextRun.objects.filter(pk=run, state=S.SENDING).update(state=S.DONE, finished_at=now)
        if done:
            figures.keep(TextRun.objects.get(pk=run), now)
        return bool(done)


def over() -> list[int]:
    """Return runs in which nobody waits though nobody closed them: their last worker died."""
    with connection.cursor() as cursor:
        cursor.execute(OVER)
        return [row[0] for row in cursor.fetchall()]
