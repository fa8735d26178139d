"""Who is who: which values name one contact only, and whose they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from contacts.catalogue import Catalogue, FieldSpec, catalogue
from contacts.values import normal
from kernel import preferences
from kernel.prepared import Prepared

# Core fields that a workspace may declare unique.
CORE_KINDS = ("email", "mobile", "phone")
Key = tuple[str, str]

OWNERS = Prepared(
    """
SELECT i.kind, i.value, i.contact_id FROM identifier i
JOIN unnest(%(kinds)s, %(values)s) AS k(kind, value) ON (i.kind, i.value) = (k.kind, k.value)""",
    {"kinds": "text[]", "values": "text[]"},
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
            alias: None if values[alias] is None else self.key(alias, values[alias])
            for alias in self.kinds
            if alias in values
        }

    def key(self, alias: str, value: Any) -> str:
        """Return the identifier's value of one field."""
        spec = self.kinds.get(alias)
        kind = "phone" if spec is not None and spec.type == "phone" else alias
        return normal(kind, value, self.region)


def identity(fields: Catalogue | None = None) -> Identity:
    """Return what identifies contacts in this workspace now."""
    fields = fields or catalogue()
    kinds = {alias: fields.fields[alias] for alias in CORE_KINDS if alias in fields.unique}
    kinds |= {spec.alias: spec for spec in fields.custom if spec.unique}
    phones = any(spec.type == "phone" for spec in kinds.values())
    return Identity(kinds, preferences.get("contacts.phone_region") if phones else "")


def owners(keys: Iterable[Key]) -> dict[Key, int]:
    """Return whose these identifiers are."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        kinds, values = zip(*wanted, strict=True)
        OWNERS.run(cursor, {"kinds": list(kinds), "values": list(values)})
        return {(kind, value): contact for kind, value, contact in cursor.fetchall()}


def by_email(addresses: Iterable[str]) -> dict[str, list[int]]:
    """Return the contacts of each address, where several may share one."""
    wanted = sorted(set(addresses))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BY_EMAIL, [wanted])
        return dict(cursor.fetchall())
