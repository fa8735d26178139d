"""Tags: found or made by name, put on contacts and taken off them, set-based."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from contacts.models import ContactTag, Tag
from contacts.values import ValueProblem
from contacts.values.text import line
from kernel import changes, events, usage
from kernel.locks import lock_contacts
from kernel.partitions import ensure_partitions

LONGEST = 120
Pair = tuple[int, int]

FIND = """
SELECT n.name, t.id FROM unnest(%s::text[]) AS n(name)
JOIN tag t ON t.name_key = lower(btrim(n.name))"""
# In order of the key, so that two makers of the same tags never wait crosswise.
MAKE = """
INSERT INTO tag (name, created_at)
SELECT DISTINCT ON (lower(btrim(n.name))) n.name, %s FROM unnest(%s::text[]) AS n(name)
ORDER BY lower(btrim(n.name)) ON CONFLICT (name_key) DO NOTHING"""
_ROWS = """
SELECT contact_id, tag_id AS subject_id, %(at)s::timestamptz AS occurred_at,
       NULL::smallint AS verdict, NULL::jsonb AS data"""
ADD = f"""
WITH put AS (
  INSERT INTO contact_tag (contact_id, tag_id, added_at)
  SELECT contact, tag, %(at)s
  FROM unnest(%(contacts)s::bigint[], %(tags)s::bigint[]) p(contact, tag)
  ORDER BY contact, tag ON CONFLICT DO NOTHING RETURNING contact_id, tag_id),
fresh AS ({_ROWS} FROM put ORDER BY contact_id, tag_id),
{events.RECORD_ROWS}
SELECT contact_id FROM put"""  # noqa: S608 - constants
REMOVE = f"""
WITH gone AS (
  DELETE FROM contact_tag ct
  USING unnest(%(contacts)s::bigint[], %(tags)s::bigint[]) p(contact, tag)
  WHERE ct.contact_id = p.contact AND ct.tag_id = p.tag RETURNING contact_id, tag_id),
fresh AS ({_ROWS} FROM gone ORDER BY contact_id, tag_id),
{events.RECORD_ROWS}
SELECT contact_id FROM gone"""  # noqa: S608 - constants


def clean_name(raw: object) -> str:
    """Check the name of a tag; `ValueProblem` for what cannot be one."""
    name = line(raw, LONGEST)
    if not name:
        raise ValueProblem("required", _("A tag needs a name."))
    return name


def find_or_make(names: Iterable[str], now: datetime) -> dict[str, int]:
    """Return the tag of each name, making those that are missing."""
    wanted = sorted(set(names))
    found = find(wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(MAKE, [now, missing])
        found |= find(missing)
    return found


def find(names: Iterable[str]) -> dict[str, int]:
    """Return the tags of these names that there are."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIND, [wanted])
        return dict(cursor.fetchall())


def change_tags(
    contacts: Iterable[int],
    add: Iterable[str],
    remove: Iterable[str],
    now: datetime,
    depth: int = 0,
    bulk: bool = False,  # noqa: FBT001, FBT002 - as every set-based writer takes it
) -> set[int]:
    """Put tags on contacts and take others off; return whom that changed.

    A name in both lists stays on. Tags that are to be added and don't exist are made.
    """
    ids = sorted(set(contacts))
    put = set(find_or_make(add, now).values())
    off = set(find(remove).values()) - put
    return change_pairs(
        [(contact, tag) for contact in ids for tag in put],
        [(contact, tag) for contact in ids for tag in off],
        now,
        depth=depth,
        bulk=bulk,
    )


def change_pairs(
    add: Sequence[Pair],
    remove: Sequence[Pair],
    now: datetime,
    *,
    depth: int = 0,
    bulk: bool = False,
) -> set[int]:
    """Put and take off single tags of single contacts; return whom that changed."""
    known = set(lock_contacts(contact for contact, _tag in (*add, *remove)))
    changed = set[int]()
    for key, statement, pairs in (
        ("contacts.untagged", REMOVE, remove),
        ("contacts.tagged", ADD, add),
    ):
        wanted = [pair for pair in pairs if pair[0] in known]
        if not wanted:
            continue
        ensure_partitions({now})
        more = events.parameters(key, now=now, depth=depth, bulk=bulk, reads=["tags"])
        lists = {"contacts": [pair[0] for pair in wanted], "tags": [pair[1] for pair in wanted]}
        with connection.cursor() as cursor:
            cursor.execute(statement, {**more, **lists})
            changed |= {row[0] for row in cursor.fetchall()}
    return changed


def drop_unused(names: Iterable[str]) -> None:
    """Delete those of these tags that nobody has and nothing names, in the caller's transaction.

    So that taking back what made a tag leaves nothing behind.
    """
    found = Tag.objects.filter(pk__in=list(find(names).values())).order_by("pk")
    # Whoever is putting one on just now ends first; only then is it told who has it.
    held = list(found.select_for_update().values_list("pk", flat=True))
    named = usage.counted("tag", held)
    empty = Tag.objects.filter(pk__in=[pk for pk in held if not named[pk]])
    empty.exclude(pk__in=ContactTag.objects.values("tag_id")).delete()


def tags_of(contacts: Iterable[int]) -> dict[int, list[Pair]]:
    """Return the pairs of each contact that has tags."""
    found: dict[int, list[Pair]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contact_id, tag_id FROM contact_tag WHERE contact_id = ANY(%s)",
            [sorted(set(contacts))],
        )
        for contact, tag in cursor.fetchall():
            found.setdefault(contact, []).append((contact, tag))
    return found


def rename(tag: Tag, name: str) -> Tag:
    """Give a tag another name, unless something names it: filters and actions do so by name."""
    if tag.name != name:
        if tag.name.lower() != name.lower():
            usage.refuse_if_used("tag", tag.pk)
        tag.name = name
        tag.save(update_fields=["name"])
        changes.announce_everyone(["tags"])
    return tag


def delete(tag: Tag) -> None:
    """Delete a tag that nothing names, and take it off everybody."""
    usage.refuse_if_used("tag", tag.pk)
    tag.delete()
    changes.announce_everyone(["tags"])
