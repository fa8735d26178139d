"""Move contacts to a stage, or out of all of them, in one statement."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection

from kernel import changes, events
from kernel.locks import lock_contacts
from kernel.partitions import ensure_partitions
from stages.models import Stage

READS = ("state:stage",)
MOVE = f"""
WITH moved AS (
  UPDATE contact_state SET stage_id = %(stage)s
  WHERE contact_id = ANY(%(contacts)s::bigint[]) AND stage_id IS DISTINCT FROM %(stage)s
  RETURNING contact_id),
fresh AS (
  SELECT contact_id, %(stage)s::bigint subject_id, %(at)s occurred_at, NULL::smallint verdict,
         jsonb_build_object('name', %(name)s::text) data
  FROM moved ORDER BY contact_id),
{events.RECORD_ROWS}
SELECT count(*) FROM facts"""  # noqa: S608 - a statement of ours
LEAVE = """
UPDATE contact_state SET stage_id = NULL
WHERE contact_id = ANY(%s::bigint[]) AND stage_id IS NOT NULL
RETURNING contact_id"""

# Former stage → who was in it; none is 0.
Whence = Mapping[str, Sequence[int]]
WHENCE = """
SELECT coalesce(stage_id, 0), array_agg(contact_id ORDER BY contact_id) FROM contact_state
WHERE contact_id = ANY(%s::bigint[]) AND stage_id IS DISTINCT FROM %s GROUP BY 1 ORDER BY 1"""
# Who is in a stage of more weight than this one.
FURTHER = """
SELECT s.contact_id FROM contact_state s JOIN stage f ON f.id = s.stage_id
WHERE s.contact_id = ANY(%s::bigint[]) AND f.weight > (SELECT weight FROM stage WHERE id = %s)"""
STILL = """
SELECT contact_id FROM contact_state
WHERE contact_id = ANY(%s::bigint[]) AND stage_id = %s ORDER BY contact_id"""


def move(
    contacts: Sequence[int],
    stage: int,
    name: str,
    now: datetime,
    *,
    depth: int = 0,
    bulk: bool = False,
) -> int:
    """Move contacts to a stage; return how many were not there yet."""
    if not contacts:
        return 0
    ensure_partitions({now})
    lock_contacts(contacts)
    given = {
        **events.parameters("stages.changed", now=now, depth=depth, bulk=bulk, reads=list(READS)),
        "contacts": _ids(contacts),
        "stage": stage,
        "name": name,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, given)
        return int(cursor.fetchone()[0])


def leave(contacts: Sequence[int], *, depth: int = 0) -> int:
    """Take contacts out of their stage; return how many had one."""
    if not contacts:
        return 0
    lock_contacts(contacts)
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, [_ids(contacts)])
        left = sorted(row[0] for row in cursor.fetchall())
    changes.announce(left, list(READS), depth=depth)
    return len(left)


def further(contacts: Sequence[int], stage: int) -> set[int]:
    """Return who has come further than a stage, and hold everybody as they are."""
    lock_contacts(contacts)
    with connection.cursor() as cursor:
        cursor.execute(FURTHER, [_ids(contacts), stage])
        return {row[0] for row in cursor.fetchall()}


def whence(contacts: Sequence[int], stage: int) -> Whence:
    """Return where those are who are in another stage than this one, or in none."""
    with connection.cursor() as cursor:
        cursor.execute(WHENCE, [_ids(contacts), stage])
        return {str(former): people for former, people in cursor.fetchall()}


def put_back(kept: Whence, stage: int, contacts: Collection[int], now: datetime) -> set[int]:
    """Move those of these contacts back who are still in a stage; return those.

    Of a stage that is gone meanwhile, they come to be in none.
    """
    lock_contacts(sorted(contacts))
    with connection.cursor() as cursor:
        cursor.execute(STILL, [_ids(sorted(contacts)), stage])
        still = {row[0] for row in cursor.fetchall()}
    names = dict(Stage.objects.filter(pk__in=map(int, kept)).values_list("pk", "name"))
    back = set[int]()
    for former, people in kept.items():
        mine, number = [contact for contact in people if contact in still], int(former)
        if number in names:
            move(mine, number, names[number], now)
        else:
            leave(mine)
        back.update(mine)
    return back


def everybody_in(stage: int) -> list[int]:
    """Return who is in a stage."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_id FROM contact_state WHERE stage_id = %s", [stage])
        return [row[0] for row in cursor.fetchall()]


def _ids(contacts: Sequence[int]) -> str:
    return "{" + ",".join(map(str, contacts)) + "}"
