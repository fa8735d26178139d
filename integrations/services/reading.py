"""Reads what is to be sent of contacts: a few statements, however many they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from contacts.company_catalogue import companies
from contacts.services import filling
from integrations.services.mapping import TAGS
from kernel.documents import loads
from kernel.withholding import RESTRICTED

VERSIONS = f"""
SELECT id, version, withheld IS NOT DISTINCT FROM {RESTRICTED}
FROM contact WHERE id = ANY(%s::bigint[])"""  # noqa: S608 - a constant
TAGGED = """
SELECT ct.contact_id, array_agg(t.name ORDER BY t.name) FROM contact_tag ct
JOIN tag t ON t.id = ct.tag_id WHERE ct.contact_id = ANY(%s::bigint[]) GROUP BY 1"""


@dataclass
class Known:
    """A contact as it is now: values by source, and which version that was."""

    version: int
    # The law keeps them from being handed out.
    restricted: bool
    values: dict[str, Any] = field(default_factory=dict)


def known(contacts: Sequence[int], sources: Collection[str]) -> dict[int, Known]:
    """Return those of some contacts who exist, with these values."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [list(contacts)])
        found = {contact: Known(*told) for contact, *told in cursor.fetchall()}
    plain = sorted(key for key in sources if key != TAGS and not key.startswith("company."))
    texts = [f"{{{{ {key} }}}}" for key in plain]
    for contact, values in filling.values(list(found), texts, {}).items():
        if contact in found:
            found[contact].values |= {key: values.get(key) for key in plain}
    _add_companies(found, sorted(key for key in sources if key.startswith("company.")))
    if TAGS in sources:
        with connection.cursor() as cursor:
            cursor.execute(TAGGED, [list(found)])
            for contact, names in cursor.fetchall():
                found[contact].values[TAGS] = names
    return found


def _add_companies(found: dict[int, Known], keys: Sequence[str]) -> None:
    fields = companies()
    specs = [(key, spec) for key in keys if (spec := fields.get(key.partition(".")[2]))]
    if not specs or not found:
        return
    columns = "".join(f", to_jsonb({spec.sql})::text" for _key, spec in specs)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT k.id{columns} FROM contact k JOIN company c ON c.id = k.company_id"  # noqa: S608 - the catalogue's
            " WHERE k.id = ANY(%s::bigint[])",
            [list(found)],
        )
        for contact, *cells in cursor.fetchall():
            pairs = zip(specs, cells, strict=True)
            found[contact].values |= {
                key: None if cell is None else loads(cell) for (key, _spec), cell in pairs
            }
