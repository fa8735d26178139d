"""Who is who: which values name one contact only, and whose they are."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from contacts.catalogue import Catalogue, FieldSpec, catalogue
from contacts.values import normal
from kernel import preferences
from kernel.bulk import array
from kernel.prepared import Prepared

# Core fields that a workspace may declare unique.
CORE_KINDS = ("email", "mobile", "phone")
Key = tuple[str, str]

# OFFSET 0: each key is looked up by the index; thousands at once would have all of them read.
HOLDERS = Prepared(
    """
SELECT k.kind, k.value, found.contact_id, found.former
FROM unnest(%(kinds)s, %(values)s) AS k(kind, value), LATERAL (
  SELECT contact_id, false former FROM identifier i WHERE (i.kind, i.value) = (k.kind, k.value)
  UNION ALL
  SELECT contact_id, true FROM former_identifier f WHERE (f.kind, f.value) = (k.kind, k.value)
  OFFSET 0) AS found""",
    {"kinds": "text[]", "values": "text[]"},
)
STILL = Prepared(
    """
SELECT count(*) FROM unnest(%(kinds)s, %(values)s, %(contacts)s) AS k(kind, value, contact_id),
LATERAL (SELECT contact_id FROM identifier i WHERE (i.kind, i.value) = (k.kind, k.value) OFFSET 0)
  AS found WHERE found.contact_id = k.contact_id""",
    {"kinds": "text[]", "values": "text[]", "contacts": "bigint[]"},
)
BY_EMAIL = """
SELECT email_key, array_agg(id ORDER BY id) FROM contact
WHERE email_key = ANY(%s::text[]) GROUP BY email_key"""


@dataclass(frozen=True)
class Identity:
    """The fields that name one contact only, at one moment."""

    kinds: Mapping[str, FieldSpec]
    region: str

    def keys(self, values: Mapping[str, Any]) -> dict[str, str | None]:
        """Return the identifiers that these values give or, with None, take away."""
        return {
            alias: None if values[alias] is None else normal(way, values[alias], self.region)
            for alias, way in self._ways
            if alias in values
        }

    def key(self, alias: str, value: Any) -> str:
        """Return the identifier's value of one field."""
        spec = self.kinds.get(alias)
        return normal(_way(spec) if spec else alias, value, self.region)

    @cached_property
    def _ways(self) -> list[tuple[str, str]]:
        return [(alias, _way(spec)) for alias, spec in self.kinds.items()]


def _way(spec: FieldSpec) -> str:
    """Return how values of a field are made equal: phones are, whatever their field is called."""
    return "phone" if spec.type == "phone" else spec.alias


def identity(fields: Catalogue | None = None) -> Identity:
    """Return what identifies contacts in this workspace now."""
    fields = fields or catalogue()
    kinds = {alias: fields.fields[alias] for alias in CORE_KINDS if alias in fields.unique}
    kinds |= {spec.alias: spec for spec in fields.custom if spec.unique}
    phones = any(spec.type == "phone" for spec in kinds.values())
    return Identity(kinds, preferences.get("contacts.phone_region") if phones else "")


class Holders(NamedTuple):
    """Whose identifiers are: of contacts, or of companies."""

    owners: dict[Key, int]
    # Who had them is part of these now; nobody has them, and whoever takes them may.
    former: dict[Key, int]


def holders(keys: Set[Key]) -> Holders:
    """Return whose these identifiers are, and who survives those whose they were."""
    found = Holders({}, {})
    wanted = sorted(keys)
    if not wanted:
        return found
    with connection.cursor() as cursor:
        kinds, values = zip(*wanted, strict=True)
        HOLDERS.run(cursor, {"kinds": array(kinds), "values": array(values)})
        for kind, value, contact, is_former in cursor.fetchall():
            (found.former if is_former else found.owners)[kind, value] = contact
    return found


def still_owned(owned: Mapping[Key, int]) -> bool:
    """Say whether each of these identifiers is still whose it was."""
    if not owned:
        return True
    with connection.cursor() as cursor:
        kinds, values = zip(*owned, strict=True)
        keys = {"kinds": array(kinds), "values": array(values)}
        STILL.run(cursor, {**keys, "contacts": array(owned.values())})
        return bool(cursor.fetchone()[0] == len(owned))


def by_email(addresses: Iterable[str]) -> dict[str, list[int]]:
    """Return the contacts of each address, where several may share one.

    An address that only merged contacts had leads to their survivor.
    """
    wanted = sorted(set(addresses))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BY_EMAIL, [wanted])
        found: dict[str, list[int]] = dict(cursor.fetchall())
    former = former_by_email(address for address in wanted if address not in found)
    return found | {address: [contact] for address, contact in former.items()}


def former_by_email(addresses: Iterable[str]) -> dict[str, int]:
    """Return the survivors of merged contacts by the addresses that led to these."""
    former = holders({("email", address) for address in addresses}).former
    return {address: contact for (_kind, address), contact in former.items()}
