"""People with thirty custom fields and a year of events, made by SQL, the same at every run."""

from typing import Any

from django.db import connection

from kernel.events import type_id
from kernel.partitions import ensure_partitions

EVENTS_EACH = 20
TYPES = [f"bench.event{number}" for number in range(12)]
SUBJECTS = 300

FIELDS = {
    **{f"t{n}": "text" for n in range(8)},
    **{f"s{n}": "select" for n in range(6)},
    **{f"n{n}": "number" for n in range(8)},
    **{f"d{n}": "date" for n in range(4)},
    **{f"m{n}": "multiselect" for n in range(2)},
    **{f"b{n}": "boolean" for n in range(2)},
}

# Texts of 5,000 values, choices of four, numbers to 100,000, dates of three years.
ATTRS = """
  't0', 'city' || n % 5000, 't1', 'Street ' || n % 997, 't2', md5(n::text), 't3', 'word' || n % 50,
  't4', md5((n * 7)::text), 't5', 'note ' || n % 31, 't6', 'x' || n % 7, 't7', 'y' || n % 1009,
  's0', (ARRAY['free', 'basic', 'pro', 'team'])[1 + n % 4], 's1', (ARRAY['a', 'b', 'c'])[1 + n % 3],
  's2', (ARRAY['x', 'y'])[1 + n / 7 % 2], 's3', (ARRAY['p', 'q', 'r', 's', 't'])[1 + n / 3 % 5],
  's4', (ARRAY['new', 'old'])[1 + n / 11 % 2], 's5', (ARRAY['k', 'l', 'm'])[1 + n / 5 % 3],
  'n0', n % 100, 'n1', n * 31 % 1000, 'n2', n * 37 % 100000, 'n3', n * 41 % 100, 'n4', n % 10,
  'n5', n * 43 % 500, 'n6', n * 47 % 7, 'n7', n % 2,
  'd0', to_char(date '2024-01-01' + (n * 13 % 1095)::int, 'YYYY-MM-DD'),
  'd1', to_char(date '2024-01-01' + (n * 17 % 1095)::int, 'YYYY-MM-DD'),
  'd2', to_char(date '1950-01-01' + (n * 19 % 20000)::int, 'YYYY-MM-DD'),
  'd3', to_char(date '2025-01-01' + (n * 23 % 700)::int, 'YYYY-MM-DD'),
  'm0', CASE n % 3 WHEN 0 THEN '["red", "blue"]'::jsonb WHEN 1 THEN '["red"]'::jsonb
        ELSE '["green"]'::jsonb END,
  'm1', CASE n % 2 WHEN 0 THEN '["north"]'::jsonb ELSE '["south", "west"]'::jsonb END,
  'b0', n % 2 = 0, 'b1', n % 5 = 0"""


def populate(size: int) -> None:
    """Fill a migrated, empty database."""
    with connection.cursor() as cursor:
        for alias, kind in FIELDS.items():
            cursor.execute(
                'INSERT INTO field (object, alias, type, label, labels, options, "group", "order",'
                ' help_text, decimals, required, "unique", public, listed, indexed, version,'
                " created_at, updated_at) VALUES ('contact', %s, %s, %s, '{}', '[]', '', 0, '', 0,"
                " false, false, false, false, false, 1, now(), now())",
                [alias, kind, alias],
            )
        cursor.execute(
            "INSERT INTO contact (email, first_name, country, city, locale, attrs, version,"
            " created_at, updated_at) SELECT 'p' || n || '@example.com', 'Name' || n,"
            " (ARRAY['FR', 'DE', 'BR', 'US', NULL])[1 + n %% 5], 'City ' || n %% 300,"
            f" (ARRAY['fr', 'de', 'en'])[1 + n %% 3],"
            f" jsonb_build_object({ATTRS.replace('%', '%%')}),"
            " 1, now() - n %% 700 * interval '1 day', now() FROM generate_series(1, %s) n",
            [size],
        )
        cursor.execute(
            "INSERT INTO contact_state (contact_id, points) SELECT id, id %% 200 FROM contact", []
        )
        for alias, kind in FIELDS.items():
            if kind in {"text", "select"}:
                cursor.execute(
                    f"CREATE STATISTICS bench_{alias} ON (lower((attrs ->> '{alias}')))"
                    " FROM contact"
                )
            elif kind == "number":
                cursor.execute(
                    f"CREATE STATISTICS bench_{alias} ON (((attrs ->> '{alias}')::numeric))"
                    " FROM contact"
                )
        _events(cursor, size * EVENTS_EACH)
        cursor.execute("ANALYZE")


def _events(cursor: Any, number: int) -> None:
    cursor.execute("SELECT now() - n * interval '1 month' FROM generate_series(0, 12) n")
    ensure_partitions(row[0] for row in cursor.fetchall())
    kinds = [type_id(key) for key in TYPES]
    later = _without_indexes(cursor)
    # A quarter of all events are of the first type; contacts and subjects are spread evenly.
    cursor.execute(
        "INSERT INTO event (retention, contact_id, type_id, subject_id, occurred_at)"
        " SELECT 3, 1 + (n * 7919) %% (%s / %s), (%s::int[])[1 + CASE WHEN n %% 4 = 0 THEN 0"
        " ELSE (n %% 12)::int END], n %% %s, now() - (n * 7907 %% 31536000) * interval '1 second'"
        " FROM generate_series(1, %s::bigint) n",
        [number, EVENTS_EACH, kinds, SUBJECTS, number],
    )
    for statement in later:
        cursor.execute(statement)
    cursor.execute(
        "INSERT INTO contact_activity (contact_id, type_id, count, first_at, last_at)"
        " SELECT contact_id, type_id, count(*), min(occurred_at), max(occurred_at) FROM event"
        " GROUP BY 1, 2"
    )


def _without_indexes(cursor: Any) -> list[str]:
    """Take the indexes off the events, so that millions go in fast; return how they are made."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = 'event'::regclass AND NOT indisprimary"
    )
    found = cursor.fetchall()
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'event'::regclass AND contype = 'p'"
    )
    ((key, definition),) = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute(f"ALTER TABLE event DROP CONSTRAINT {key}")
    cursor.execute("SET maintenance_work_mem = '256MB'")
    return [
        *(text.replace(" ON ONLY ", " ON ") for _name, text in found),
        f"ALTER TABLE event ADD CONSTRAINT {key} {definition}",
    ]
