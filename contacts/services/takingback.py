"""Takes bulk changes of contacts back: tags and owners are what they were."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from contacts.models import Contact
from contacts.services import tags
from contacts.services.plan import Terms
from contacts.services.upsert import write
from kernel.locks import lock_contacts

TAGGED = """
SELECT t.name_key, array_agg(ct.contact_id ORDER BY ct.contact_id) FROM contact_tag ct
JOIN tag t ON t.id = ct.tag_id
WHERE ct.contact_id = ANY(%s::bigint[]) AND t.name_key = ANY(%s) GROUP BY 1"""
OWNED = """
SELECT coalesce(owner_id, 0), array_agg(id ORDER BY id) FROM contact
WHERE id = ANY(%s::bigint[]) AND owner_id IS DISTINCT FROM %s GROUP BY 1 ORDER BY 1"""
# More pairs of contact and tag are not kept for taking back.
MOST_PAIRS = 10_000

People = Mapping[str, Sequence[int]]


def tags_before(contacts: Sequence[int], add: Sequence[str], remove: Sequence[str]) -> Any:
    """Return who lacks each tag to put on, who has each to take off, which tags are new.

    None when that is too much to keep.
    """
    with connection.cursor() as cursor:
        names = [name.lower() for name in (*add, *remove)]
        cursor.execute(TAGGED, [list(contacts), names])
        have = {key: set(found) for key, found in cursor.fetchall()}
    put = {name: [c for c in contacts if c not in have.get(name.lower(), ())] for name in add}
    gone = {name: sorted(have.get(name.lower(), ())) for name in remove}
    pairs = sum(map(len, (*put.values(), *gone.values())))
    made = new_names(add)
    return {"put": put, "gone": gone, "made": made} if pairs <= MOST_PAIRS else None


def new_names(names: Sequence[str]) -> list[str]:
    """Return those of these names that no tag has yet."""
    known = tags.find(names)
    return [name for name in names if name not in known]


def tags_back(kept: Mapping[str, Any], contacts: Collection[int], now: datetime) -> set[int]:
    """Take off what was put on, and put on what was taken off; return whom that changed.

    Tags that were made for it go again, unless somebody else uses them by now.
    """
    off, on = (_pairs(kept[key], contacts) for key in ("put", "gone"))
    changed = tags.change_pairs(on, off, now)
    tags.drop_unused(kept.get("made", ()))
    return changed


def _pairs(people: People, contacts: Collection[int]) -> list[tuple[int, int]]:
    """Pair contacts with tags; a tag that is gone meanwhile stays gone."""
    found = tags.find(people)
    return [
        (contact, found[name])
        for name, tagged in people.items()
        if name in found
        for contact in tagged
        if contact in contacts
    ]


def owners_before(contacts: Sequence[int], owner: int | None) -> dict[str, list[int]]:
    """Return whose those are who belong to somebody else; nobody is 0."""
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [list(contacts), owner])
        return {str(former): people for former, people in cursor.fetchall()}


def owners_back(
    kept: People, owner: int | None, contacts: Collection[int], now: datetime
) -> set[int]:
    """Give those of these contacts back who still belong to an owner; return those."""
    lock_contacts(sorted(contacts))
    mine = Contact.objects.filter(pk__in=list(contacts), owner_id=owner)
    still = set(mine.values_list("pk", flat=True))
    rows = [
        {"id": contact, "owner": int(former) or None}
        for former, people in kept.items()
        for contact in people
        if contact in still
    ]
    if not rows:
        return set()
    return set(write(rows, now, Terms(match="id", mode="update")).updated)
