"""Remembers by what a record may have been made, for whoever looks for it once it is in doubt.

By then the contact may have another value, or the connection look by another one.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from integrations.services.noting import Held

# The last ones: each is one call more, and those of a push end together.
MOST = 4
KEEP = """
UPDATE integration_push p SET sought = t.sought::jsonb
FROM unnest(%(ids)s::bigint[], %(fences)s::int[], %(sought)s::text[]) AS t(id, fence, sought)
WHERE p.id = t.id AND p.fence = t.fence"""
Pair = tuple[str, str]


def earlier(held: Held, today: Pair) -> list[Pair]:
    """Return the values, with their fields, it may have been made by, but for today's."""
    # Never by nothing, which would find anybody.
    pairs = [(str(value), str(field)) for value, field in json.loads(held.sought) if value]
    return [pair for pair in pairs if pair != today][-MOST:]


def keep(found: Mapping[Held, Iterable[Pair]]) -> None:
    """Keep by what each may be made, before anybody is called."""
    fresh = {held: json.dumps(list(pairs)) for held, pairs in found.items()}
    changed = [held for held, told in fresh.items() if json.loads(held.sought) != json.loads(told)]
    if not changed:
        return
    values: dict[str, Any] = {
        "ids": [held.id for held in changed],
        "fences": [held.fence for held in changed],
        "sought": [fresh[held] for held in changed],
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
