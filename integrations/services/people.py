"""What other systems have of a person: moved when two become one, handed out, forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef

from contacts.catalogue import hidden
from integrations.models import Link, Push, PushState
from integrations.services.asking import IS_OPEN
from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns

OF = f"FROM {PAIRS} WHERE p.loser = t.contact_id"
HAS = f"""
EXISTS (SELECT 1 FROM integration_push w WHERE w.connection_id = t.connection_id
        AND w.contact_id = p.winner AND w.{IS_OPEN})"""  # noqa: S608 - constants
# The survivor is pushed once more: what may be on its way is the loser's, or not the loser's. What
# may have been made for the loser is not looked for before it is found.
OPEN_STAYS = f"""
UPDATE integration_push t SET asked = t.asked + 1, making = t.making OR o.making,
  epoch = greatest(t.epoch, o.epoch),
  sought = CASE WHEN t.making THEN t.sought ELSE '[]' END
        || CASE WHEN o.making THEN o.sought ELSE '[]' END,
  due_at = CASE WHEN o.making AND t.due_at IS NOT NULL THEN greatest(t.due_at, o.due_at)
           ELSE t.due_at END
FROM {PAIRS} JOIN integration_push o ON o.contact_id = p.loser AND o.{IS_OPEN}
WHERE t.contact_id = p.winner AND t.{IS_OPEN} AND t.connection_id = o.connection_id"""  # noqa: S608
# A worker that holds it notes what came of it all the same.
OPEN_ENDS = f"""
UPDATE integration_push t SET state = {int(PushState.MERGED)}, finished_at = %(now)s
{OF} AND t.{IS_OPEN} AND {HAS}"""  # noqa: S608
OPEN_GOES = f"""
UPDATE integration_push t SET contact_id = p.winner, asked = t.asked + 1
{OF} AND t.{IS_OPEN}"""  # noqa: S608
REST_GOES = f"UPDATE integration_push t SET contact_id = p.winner {OF}"  # noqa: S608
# The survivor keeps the record it has; the other one stays there, and is told of.
IS_SAME = """
w.connection_id = t.connection_id AND w.epoch = t.epoch AND w.remote_id = t.remote_id"""
SAME = f"""
DELETE FROM integration_link t USING {PAIRS}, integration_link w
WHERE t.contact_id = p.loser AND w.contact_id = p.winner AND {IS_SAME}
  AND (t.former OR NOT w.former)"""  # noqa: S608
SAME_FORMER = f"""
DELETE FROM integration_link t USING {PAIRS}, integration_link w
WHERE t.contact_id = p.winner AND w.contact_id = p.loser AND {IS_SAME}
  AND t.former AND NOT w.former"""  # noqa: S608
LINKS = f"""
UPDATE integration_link t SET contact_id = p.winner, former = t.former OR EXISTS (
  SELECT 1 FROM integration_link w WHERE w.connection_id = t.connection_id AND w.epoch = t.epoch
  AND w.contact_id = p.winner AND NOT w.former) {OF}"""  # noqa: S608
# A doubt is kept by the last push of a contact, for as long as it lasts.
OLDER = """
DELETE FROM integration_push WHERE ctid = ANY(ARRAY(
  SELECT p.ctid FROM integration_push p WHERE p.finished_at < %s AND (NOT p.making OR EXISTS (
    SELECT 1 FROM integration_push l WHERE l.contact_id = p.contact_id
    AND l.connection_id = p.connection_id AND l.id > p.id)) LIMIT 5000))"""
MOST_TRIES = 5
KEY = "integrations.pushes"


def merge(pairs: Pairs, now: datetime) -> None:
    """Give everything to the winners."""
    values: dict[str, str | datetime] = {**columns(pairs), "now": now}
    for left in reversed(range(MOST_TRIES)):
        try:
            _move_open(values)
            break
        except IntegrityError:
            # Somebody asked for a winner this moment: from now on that push is seen.
            if not left:
                raise
    with connection.cursor() as cursor:
        for statement in (REST_GOES, SAME, SAME_FORMER, LINKS):
            cursor.execute(statement, values)


@transaction.atomic
def _move_open(values: dict[str, str | datetime]) -> None:
    with connection.cursor() as cursor:
        for statement in (OPEN_STAYS, OPEN_ENDS, OPEN_GOES):
            cursor.execute(statement, values)


def everything(contact: int) -> dict[str, Any]:
    """Return which records of other systems are theirs, and what was or is to be pushed.

    What a system answered, which may repeat any field, is for whoever sees all fields.
    """
    kept = bool(hidden())
    links = Link.objects.filter(contact_id=contact).order_by("pk").select_related("connection")
    pushes = Push.objects.filter(contact_id=contact).order_by("pk").select_related("connection")
    return {
        "records": [
            {
                "system": link.connection.name,
                "id": link.remote_id,
                # Of somebody merged into them, or of a system the connection led to before.
                "former": link.former or link.epoch != link.connection.epoch,
                "pushed_at": clock.iso(link.pushed_at),
            }
            for link in links
        ],
        "pushes": [
            {
                "system": push.connection.name,
                "state": PushState(push.state).name.lower(),
                "made_at": clock.iso(push.made_at),
                "finished_at": clock.iso(push.finished_at) if push.finished_at else None,
                "answer": None if kept else push.answer,
            }
            for push in pushes
        ],
    }


def forget(contacts: Sequence[int]) -> None:
    """Delete all of it; what is being pushed this moment is noted nowhere."""
    Push.objects.filter(contact_id__in=contacts).delete()
    Link.objects.filter(contact_id__in=contacts).delete()


def count_older(before: datetime) -> int:
    """Count what ended before."""
    same = Push.objects.filter(
        contact_id=OuterRef("contact_id"), connection=OuterRef("connection"), pk__gt=OuterRef("pk")
    )
    old = Push.objects.filter(finished_at__lt=before)
    return old.exclude(~Exists(same), making=True).count()


def forget_older(before: datetime, _now: datetime) -> int:
    """Delete a slice of what ended before; what waits, and what is uncertain, has not ended."""
    with connection.cursor() as cursor:
        cursor.execute(OLDER, [before])
        return int(cursor.rowcount)
