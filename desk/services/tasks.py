"""Tasks: made for one contact or many, done, and taken up again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from desk.models import READ, Task
from kernel import events
from kernel.changes import announce
from kernel.events import Fact
from kernel.locks import lock_contacts
from kernel.partitions import ensure_partitions

# `owner` gives each task to the owner of its contact; who has none gets a task of nobody.
CREATE = f"""
WITH made AS (
  INSERT INTO task (contact_id, kind, title, text, due_at, assignee_id, created_at, updated_at,
                    version)
  SELECT id, %(kind)s, coalesce(own.title, %(title)s), %(text)s, %(due)s::timestamptz,
         CASE WHEN %(to_owner)s THEN owner_id ELSE %(assignee)s::bigint END, %(at)s, %(at)s, 1
  FROM contact
  LEFT JOIN unnest(%(named)s::bigint[], %(titles)s::text[]) AS own(whose, title) ON whose = id
  WHERE id = ANY(%(contacts)s::bigint[]) ORDER BY id
  RETURNING id, contact_id, title),
fresh AS (
  SELECT contact_id, NULL::bigint subject_id, %(at)s occurred_at, NULL::smallint verdict,
         jsonb_build_object('kind', %(kind)s::text, 'title', title) data
  FROM made ORDER BY contact_id),
{events.RECORD_ROWS}
SELECT array_agg(id ORDER BY id) FROM made"""  # noqa: S608 - a statement of ours


@dataclass(frozen=True)
class Draft:
    """What a task is about. `assignee` is the id of a user; `to_owner` means the contact's."""

    title: str
    kind: str
    text: str = ""
    due_at: datetime | None = None
    assignee: int | None = None
    to_owner: bool = False
    # Titles of single contacts, in place of `title`.
    titles: Mapping[int, str] = field(default_factory=dict)


def create(
    contacts: Sequence[int], draft: Draft, now: datetime, *, depth: int = 0, bulk: bool = False
) -> list[int]:
    """Make one task for each contact; return their ids, ascending."""
    if not contacts:
        return []
    ensure_partitions({now})
    lock_contacts(contacts)
    given = {
        **events.parameters("tasks.created", now=now, depth=depth, bulk=bulk),
        "contacts": "{" + ",".join(map(str, contacts)) + "}",
        "kind": draft.kind,
        "title": draft.title,
        "named": list(draft.titles),
        "titles": list(draft.titles.values()),
        "text": draft.text,
        "due": draft.due_at,
        "to_owner": draft.to_owner,
        "assignee": draft.assignee,
    }
    with connection.cursor() as cursor:
        cursor.execute(CREATE, given)
        return list(cursor.fetchone()[0] or [])


def finish(ids: Sequence[int], user: Any, now: datetime) -> list[int]:
    """Note that tasks are done; return the ids of those that were not yet."""
    rows = Task.objects.filter(pk__in=ids, done_at=None)
    lock_contacts(rows.values_list("contact_id", flat=True))
    found = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
    Task.objects.filter(pk__in=[row.pk for row in found]).update(
        done_at=now, done_by=user, updated_at=now, version=F("version") + 1
    )
    facts = [
        Fact(row.contact_id, now, data={"kind": row.kind, "title": row.title}) for row in found
    ]
    events.record("tasks.done", facts, now=now)
    return [row.pk for row in found]


def reopen(ids: Sequence[int], now: datetime) -> int:
    """Take tasks up again; return how many were done. What happened stays in the log."""
    rows = Task.objects.filter(pk__in=ids, done_at__isnull=False)
    announce(rows.values_list("contact_id", flat=True), [READ])
    return rows.update(done_at=None, done_by=None, updated_at=now, version=F("version") + 1)
