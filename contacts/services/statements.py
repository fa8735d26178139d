"""The two statements that write contacts, each with its events and exact change sets.

Rows come as one JSON document: `wanted` holds columns, `attrs` custom fields, `dropped` the
aliases of custom fields that lose their value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from contacts.catalogue import CORE
from kernel import events
from kernel.changes import CHUNK, DEEPEST
from kernel.documents import dumps
from kernel.locks import LANES
from kernel.partitions import ensure_partitions
from kernel.prepared import Prepared

# Column of `contact` → the cast of its value; rows call the last two `company` and `owner`.
_CASTS = {
    spec.alias: "numeric" if spec.type == "number" else "text"
    for spec in CORE
    if spec.kept == "column" and spec.writable
} | {"company_id": "bigint", "owner_id": "bigint"}
ALIASES = {"company_id": "company", "owner_id": "owner"}

# As `kernel.events.RECORD_ROWS`, but each row announces its own reads.
RECORD = f"""
facts AS MATERIALIZED (
  INSERT INTO event (retention, contact_id, type_id, subject_id, occurred_at, verdict, data)
  SELECT %(retention)s, contact_id, %(type)s, NULL, %(at)s, NULL, data FROM fresh
  RETURNING id, contact_id, occurred_at),
announced AS (
  INSERT INTO change (bulk, lane, depth, contact_ids, type_id, event_ids, subject_ids,
                      occurred_ats, reads, created_at)
  SELECT %(bulk)s, lane, %(depth)s, array_agg(contact_id ORDER BY id), %(type)s,
         array_agg(id ORDER BY id), array_agg(NULL::bigint), array_agg(occurred_at ORDER BY id),
         %(reads)s::text[] || reads, %(at)s
  FROM (SELECT f.*, fresh.reads, (contact_id %% {LANES})::smallint lane,
               row_number() OVER (PARTITION BY contact_id %% {LANES}, fresh.reads ORDER BY f.id)
                 / {CHUNK} part
        FROM facts f JOIN fresh USING (contact_id)) parts
  WHERE %(depth)s <= {DEEPEST}
  GROUP BY lane, reads, part)
"""  # noqa: S608 - integers of ours


_TYPES = {
    "rows": "jsonb",
    "at": "timestamptz",
    "retention": "smallint",
    "type": "smallint",
    "depth": "smallint",
    "bulk": "boolean",
    "quiet": "boolean",
    "reads": "text[]",
}


@lru_cache(maxsize=256)
def _create(columns: tuple[str, ...]) -> Prepared:
    names = "".join(f", {column}" for column in columns)
    values = "".join(f", (wanted ->> '{column}')::{_CASTS[column]}" for column in columns)
    sql = f"""
WITH incoming AS MATERIALIZED (
  SELECT place, nextval('contact_id_seq') AS id, wanted, attrs, kinds, keys, reads
  FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS r(place int, wanted jsonb, attrs jsonb, kinds text[], keys text[], reads text[])),
made AS (
  INSERT INTO contact (id, created_at, updated_at, version, attrs{names})
  SELECT id, %(at)s, %(at)s, 1, attrs{values} FROM incoming),
states AS (
  INSERT INTO contact_state (contact_id, points) SELECT id, 0 FROM incoming),
named AS (
  INSERT INTO identifier (kind, value, contact_id)
  SELECT k.kind, k.value, id FROM incoming, unnest(kinds, keys) AS k(kind, value)
  ORDER BY k.kind, k.value),
fresh AS (
  SELECT id AS contact_id, jsonb_build_object('source', %(source)s::text) AS data,
         CASE WHEN %(quiet)s THEN '{{}}' ELSE reads END AS reads
  FROM incoming),
{RECORD}
SELECT place, id FROM incoming"""  # noqa: S608 - columns from CORE
    return Prepared(sql, {**_TYPES, "source": "text"})


@lru_cache(maxsize=256)
def _update(columns: tuple[str, ...]) -> Prepared:
    wanted = {column: f"(i.wanted ->> '{column}')::{_CASTS[column]}" for column in columns}
    differs = "".join(
        f"CASE WHEN i.wanted ? '{column}' AND c.{column} IS DISTINCT FROM {value}"
        f" THEN '{ALIASES.get(column, column)}' END, "
        for column, value in wanted.items()
    )
    sets = "".join(
        f", {column} = CASE WHEN i.wanted ? '{column}' THEN {value} ELSE c.{column} END"
        for column, value in wanted.items()
    )
    moves = ", ".join(
        f"'{alias}', CASE WHEN i.wanted ? '{column}' AND c.{column} IS DISTINCT FROM"
        f" {wanted[column]} THEN jsonb_build_array(c.{column}::text, i.wanted ->> '{column}') END"
        for column, alias in ALIASES.items()
        if column in wanted
    )
    sql = f"""
WITH incoming AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS r(id bigint, wanted jsonb, attrs jsonb, dropped text[])),
differing AS MATERIALIZED (
  SELECT i.*, jsonb_strip_nulls(jsonb_build_object({moves})) AS moved,
    array_remove(ARRAY[{differs}NULL], NULL)
    || ARRAY(SELECT key FROM jsonb_each(i.attrs) WHERE c.attrs -> key IS DISTINCT FROM value)
    || ARRAY(SELECT key FROM unnest(i.dropped) key WHERE c.attrs ? key) AS changed
  FROM incoming i JOIN contact c ON c.id = i.id),
updated AS (
  UPDATE contact c SET updated_at = %(at)s, version = c.version + 1,
    attrs = (c.attrs - i.dropped) || i.attrs{sets}
  FROM differing i WHERE c.id = i.id AND i.changed <> '{{}}'),
fresh AS (
  SELECT id AS contact_id, jsonb_build_object('changed', to_jsonb(changed)) || moved AS data,
         CASE WHEN %(quiet)s THEN '{{}}'
           ELSE ARRAY(SELECT 'field:' || alias FROM unnest(changed) alias ORDER BY 1) END AS reads
  FROM differing WHERE changed <> '{{}}'),
{RECORD}
SELECT id, changed FROM differing"""  # noqa: S608 - columns from CORE
    return Prepared(sql, _TYPES)


@dataclass(frozen=True)
class Telling:
    """How what was written is told: at which depth, in which lanes, and whether field by field."""

    depth: int = 0
    bulk: bool = False
    # Whoever writes announces what it touched once for all; events are told as ever.
    quiet: bool = False

    def of(self, key: str, now: datetime) -> dict[str, Any]:
        """Return the parameters of an event's rows."""
        more = events.parameters(key, now=now, depth=self.depth, bulk=self.bulk)
        return {**more, "quiet": self.quiet, "reads": [] if self.quiet else more["reads"]}


def create(
    rows: Sequence[dict[str, Any]], now: datetime, source: str, telling: Telling
) -> dict[int, int]:
    """Insert contacts with state, identifiers and events; return the id for each row's place."""
    more = telling.of("contacts.created", now)
    return dict(_run(_create(_columns(rows)), rows, now, {**more, "source": source}))


def update(rows: Sequence[dict[str, Any]], now: datetime, telling: Telling) -> dict[int, list[str]]:
    """Change locked contacts where they differ; return the changed aliases of each."""
    more = telling.of("contacts.updated", now)
    return dict(_run(_update(_columns(rows)), rows, now, more))


def _run(
    statement: Prepared, rows: Sequence[dict[str, Any]], now: datetime, more: dict[str, Any]
) -> list[tuple[Any, Any]]:
    ensure_partitions({now})
    with connection.cursor() as cursor:
        statement.run(cursor, {**more, "rows": dumps(rows)})
        found: list[tuple[Any, Any]] = cursor.fetchall()
        return found


def _columns(rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    used = {column for row in rows for column in row["wanted"]}
    return tuple(column for column in _CASTS if column in used)
