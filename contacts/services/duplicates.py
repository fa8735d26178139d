"""Contacts that are likely one person: groups that share a value, but for those told apart."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from contacts.catalogue import FieldSpec, catalogue
from contacts.values import normal
from kernel import preferences
from kernel.bulk import array
from kernel.permissions import Actor, Reach

# Of larger groups so many are shown; a job merges them whole.
MOST_IN_GROUP = 1_000
# Each two of them are a pair to be kept.
MOST_APART = 100
PLACE = re.compile("[0-9a-f]{32}")
TEXTS = frozenset({"text", "email", "url"})
NAME = "name"

# Values are not told to whoever keeps the place: groups are walked in the order of their digests.
FIND = """
WITH grouped AS (
  SELECT md5({key}) place, array_agg(c.id ORDER BY c.id) ids FROM contact c
  WHERE {key} IS NOT NULL {own} GROUP BY md5({key}) HAVING count(*) > 1)
SELECT place, {ids} FROM grouped g
WHERE place > %(after)s AND (
  SELECT count(*) FROM not_duplicate d WHERE d.low = ANY(g.ids) AND d.high = ANY(g.ids)
) < cardinality(ids)::bigint * (cardinality(ids) - 1) / 2
ORDER BY place LIMIT %(limit)s"""
# Which of each group still share the value they were found by.
STILL = """
SELECT g.number, array_agg(c.id ORDER BY c.id)
FROM unnest(%(numbers)s::int[], %(contacts)s::bigint[], %(places)s::text[])
  AS g(number, contact, place)
JOIN contact c ON c.id = g.contact
WHERE md5({key}) = g.place {own} GROUP BY 1 HAVING count(*) > 1 ORDER BY 1"""
BOTH = """
CASE WHEN c.first_name IS NOT NULL AND c.last_name IS NOT NULL AND c.company_id IS NOT NULL
THEN contact_folded(c.first_name || ' ' || c.last_name) || ' ' || c.company_id END"""
APART = """
INSERT INTO not_duplicate (low, high, at)
SELECT low, high, %s FROM unnest(%s::bigint[], %s::bigint[]) p(low, high)
JOIN contact a ON a.id = low JOIN contact b ON b.id = high ON CONFLICT DO NOTHING"""

TOLD_APART = """
WITH asked AS MATERIALIZED (SELECT unnest(%s::bigint[]) contact)
SELECT low, high FROM asked JOIN not_duplicate ON low = contact
UNION SELECT high, low FROM asked JOIN not_duplicate ON high = contact"""


@dataclass(frozen=True)
class Group:
    """Contacts, ascending, that share a value; `place` is where the walk over groups stands."""

    place: str
    contacts: Sequence[int]


def ways() -> dict[str, str]:
    """Return by what duplicates may be looked for, each with its label."""
    fields = catalogue()
    core = [fields.fields[alias] for alias in ("email", "mobile", "phone")]
    custom = [spec for spec in fields.custom if spec.type in TEXTS | {"phone"}]
    found = {spec.alias: str(spec.label) for spec in (*core, *custom)}
    return {**found, NAME: str(_("Name and company"))}


def is_place(text: str) -> bool:
    """Say whether a walk can stand there."""
    return PLACE.fullmatch(text) is not None


def reach(actor: Actor) -> Reach:
    """Return whose contacts the actor may merge: who stays is changed, who goes is deleted."""
    return min(actor.reach("contacts", verb) for verb in ("view", "edit", "delete"))


def groups(by: str, actor: Actor, after: str, limit: int) -> tuple[list[Group], str | None]:
    """Return groups after a place, and the place to go on from: None at the end.

    They are of contacts the actor may merge: of all, or of their own.
    """
    found = _find(by, actor, after, limit, f"ids[1:{MOST_IN_GROUP}]")
    following = found[-1].place if len(found) == limit else None
    return _parted(by, found), following


def whole(by: str, actor: Actor, after: str, limit: int) -> list[Group]:
    """Return groups after a place with all their contacts, to be looked at again by `still`."""
    return _find(by, actor, after, limit, "ids")


def still(by: str, actor: Actor, groups: Sequence[Group]) -> list[Group]:
    """Return what groups that were found are by now; of numbers, one may be several."""
    sql = STILL.format(key=_key(by, catalogue().fields.get(by)), own=_own(actor))
    rows = [(n, contact) for n, group in enumerate(groups) for contact in group.contacts]
    asked = {
        "numbers": array(number for number, _contact in rows),
        "contacts": array(contact for _number, contact in rows),
        "places": array(groups[number].place for number, _contact in rows),
        "owner": actor.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        left = [Group(groups[number].place, ids) for number, ids in cursor.fetchall()]
    return _parted(by, left)


def tell_apart(contacts: Iterable[int], now: datetime) -> None:
    """Keep that these are different people, whatever they share."""
    pairs = list(combinations(sorted(set(contacts)), 2))
    if pairs:
        lows, highs = (list(column) for column in zip(*pairs, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(APART, [now, lows, highs])


def told_apart(contacts: Iterable[int]) -> dict[int, set[int]]:
    """Return from whom each is told apart."""
    found: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(TOLD_APART, [array(contacts)])
        for one, other in cursor.fetchall():
            found[one].add(other)
    return found


def _find(by: str, actor: Actor, after: str, limit: int, ids: str) -> list[Group]:
    if reach(actor) is Reach.NONE:
        return []
    sql = FIND.format(key=_key(by, catalogue().fields.get(by)), own=_own(actor), ids=ids)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"after": after, "limit": limit, "owner": actor.pk})
        return [Group(place, contacts) for place, contacts in cursor.fetchall()]


def _own(actor: Actor) -> str:
    return "" if reach(actor) is Reach.ALL else "AND c.owner_id = %(owner)s"


def _key(by: str, spec: FieldSpec | None) -> str:
    """Return the SQL by which contacts are grouped."""
    if spec is None:
        assert by == NAME  # noqa: S101 - `ways` was asked
        return BOTH
    if spec.alias == "email":
        return "c.email_key"
    if spec.type == "phone":
        # The last digits are the same however a number is written; they are compared in full below.
        digits = f"regexp_replace({spec.sql}, '\\D', '', 'g')"
        return f"(CASE WHEN length({digits}) > 6 THEN right({digits}, 7) END)"
    return f"nullif(lower(btrim({spec.sql})), '')"


def _parted(by: str, groups: list[Group]) -> list[Group]:
    """Part those whose numbers only end alike; all others stay as they are."""
    spec = catalogue().fields.get(by)
    if spec is None or spec.type != "phone":
        return groups
    contacts = [contact for group in groups for contact in group.contacts]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id, {spec.sql} FROM contact c WHERE c.id = ANY(%s::bigint[])",  # noqa: S608 - of a spec
            [contacts],
        )
        numbers = dict(cursor.fetchall())
    region = preferences.get("contacts.phone_region")
    found = list[Group]()
    for group in groups:
        same: dict[str, list[int]] = defaultdict(list)
        for contact in group.contacts:
            if contact in numbers:
                same[normal("phone", numbers[contact], region)].append(contact)
        found += [Group(group.place, ids) for ids in same.values() if len(ids) > 1]
    return found
