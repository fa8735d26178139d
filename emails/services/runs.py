"""Runs of broadcasts: begun once, prepared in slices, paused, resumed, cancelled, finished."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from emails.models import Send

S = Send.State


class RunRefused(Exception):  # noqa: N818 - an answer to a person
    """What was asked of a run is not possible in its state."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


OPEN_ROWS = """
SELECT EXISTS (SELECT 1 FROM delivery WHERE run_id = %(run)s AND state = 0
               AND NOT transactional)
    OR EXISTS (SELECT 1 FROM delivery WHERE run_id = %(run)s AND state IN (1, 2)
               AND lease_until > '-infinity')"""


def finish(run: int, now: datetime) -> bool:
    """Close a run nobody waits in any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM email_run WHERE id = %s FOR NO KEY UPDATE", [run])
        cursor.execute(OPEN_ROWS, {"run": run})
        if cursor.fetchone()[0]:
            return False
        return bool(
            Send.objects.filter(pk=run, state=S.SENDING).update(state=S.DONE, finished_at=now)
        )


def pause(run: Send) -> None:
    """Stop claiming; what is out already is finished."""
    paused = Send.objects.filter(pk=run.pk, state__in=[S.QUEUED, S.PREPARING, S.SENDING]).update(
        paused_from=F("state"), state=S.PAUSED
    )
    if not paused and not Send.objects.filter(pk=run.pk, state=S.PAUSED).exists():
        raise RunRefused("not_running")


def resume(run: Send) -> None:
    """Go on where the run was paused."""
    if not Send.objects.filter(pk=run.pk, state=S.PAUSED).update(
        state=F("paused_from"), paused_from=""
    ):
        raise RunRefused("not_paused")
