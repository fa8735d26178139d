"""Contacts that are likely one person: groups that share a value, but for those told apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from contacts.catalogue import FieldSpec, catalogue
from contacts.models import Distinct
from contacts.values import normal
from kernel import preferences
from kernel.permissions import Actor, Reach

# Groups larger than this are looked at in parts.
MOST_IN_GROUP = 1_000
TEXTS = frozenset({"text", "email", "url"})
NAME = "name"

# Values are not told to whoever keeps the place: groups are walked in the order of their digests.
FIND = """
WITH grouped AS (
  SELECT md5({key}) place, array_agg(c.id ORDER BY c.id) ids FROM contact c
  WHERE {key} IS NOT NULL {own} GROUP BY md5({key}) HAVING count(*) > 1)
SELECT place, ids[1:{most}] FROM grouped g
WHERE place > %(after)s AND (
  SELECT count(*) FROM not_duplicate d WHERE d.low = ANY(g.ids) AND d.high = ANY(g.ids)
) < cardinality(ids)::bigint * (cardinality(ids) - 1) / 2
ORDER BY place LIMIT %(limit)s"""
BOTH = """
CASE WHEN c.first_name IS NOT NULL AND c.last_name IS NOT NULL AND c.company_id IS NOT NULL
THEN contact_folded(c.first_name || ' ' || c.last_name) || ' ' || c.company_id END"""
APART = """
INSERT INTO not_duplicate (low, high, at)
SELECT low, high, %s FROM unnest(%s::bigint[], %s::bigint[]) p(low, high)
JOIN contact a ON a.id = low JOIN contact b ON b.id = high ON CONFLICT DO NOTHING"""


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


def groups(by: str, actor: Actor, after: str, limit: int) -> tuple[list[Group], str | None]:
    """Return groups after a place, and the place to go on from: None at the end.

    They are of contacts the actor may merge: of all, or of their own.
    """
    reach = actor.reach("contacts", "delete")
    if reach is Reach.NONE:
        return [], None
    spec = catalogue().fields.get(by)
    own = "" if reach is Reach.ALL else "AND c.owner_id = %(owner)s"
    sql = FIND.format(key=_key(by, spec), own=own, most=MOST_IN_GROUP)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"after": after, "limit": limit, "owner": actor.pk})
        found = [Group(place, ids) for place, ids in cursor.fetchall()]
    following = found[-1].place if len(found) == limit else None
    if spec is not None and spec.type == "phone":
        found = [part for group in found for part in _by_number(group, spec)]
    return found, following


def tell_apart(contacts: Iterable[int], now: datetime) -> None:
    """Keep that these are different people, whatever they share."""
    pairs = list(combinations(sorted(set(contacts)), 2))
    if pairs:
        lows, highs = (list(column) for column in zip(*pairs, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(APART, [now, lows, highs])


def told_apart(contacts: Sequence[int]) -> set[tuple[int, int]]:
    """Return which pairs of these are different people."""
    rows = Distinct.objects.filter(low__in=contacts, high__in=contacts)
    return set(rows.values_list("low", "high"))


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


def _by_number(group: Group, spec: FieldSpec) -> list[Group]:
    """Part those whose numbers only end alike."""
    region = preferences.get("contacts.phone_region")
    same: dict[str, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id, {spec.sql} FROM contact c WHERE c.id = ANY(%s) ORDER BY c.id",  # noqa: S608 - of a spec
            [list(group.contacts)],
        )
        for contact, value in cursor.fetchall():
            same[normal("phone", value, region)].append(contact)
    return [Group(group.place, ids) for ids in same.values() if len(ids) > 1]
