"""Statements asked with every request: planned once a connection, afterwards only executed."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

# Beyond this many a connection runs statements as they are.
MOST = 100
_PLACE = re.compile(r"%\((\w+)\)s|%(%)")
_known: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Prepared:
    """A statement with named places, and the PostgreSQL type of each."""

    sql: str
    types: Mapping[str, str]

    @cached_property
    def _name(self) -> str:
        return "ready_" + hashlib.blake2s(self.sql.encode(), digest_size=12).hexdigest()

    @cached_property
    def _prepare(self) -> str:
        numbers = {name: f"${place}" for place, name in enumerate(self.types, start=1)}
        body = _PLACE.sub(lambda found: found[2] or numbers[found[1]], self.sql)
        return f"PREPARE {self._name} ({', '.join(self.types.values())}) AS {body}"

    @cached_property
    def _execute(self) -> str:
        # Told again: an array of nothing but NULL would be one of texts.
        places = ", ".join(f"%({name})s::{kind}" for name, kind in self.types.items())
        return f"EXECUTE {self._name} ({places})"

    def run(self, cursor: CursorWrapper, values: Mapping[str, Any]) -> None:
        """Execute it; the first time have it planned."""
        connection.ensure_connection()
        known = _known.setdefault(connection.connection, set())
        if self._name not in known:
            if len(known) >= MOST:
                cursor.execute(self.sql, values)
                return
            # By itself: it stays prepared when the execution fails.
            cursor.execute(self._prepare)
            known.add(self._name)
        cursor.execute(self._execute, values)
