"""Refused rows are found by whom they may be about through an index, while people wait for it."""

from typing import ClassVar

from django.db import migrations

# A cell may be longer than an index takes, so that hashes are kept. PostgreSQL builds and restores
# indexes without our schema in the path: no function of ours is called in here. The cost keeps the
# planner from reading every row.
FUNCTION = r"""
CREATE OR REPLACE FUNCTION reject_signs(cells jsonb) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100000 AS $$
SELECT ARRAY(SELECT DISTINCT hashtextextended(sign, 0)
  FROM jsonb_array_elements_text(cells) AS cell, LATERAL unnest(
    ARRAY[lower(btrim(cell, E' \t\r\n'))]
    || CASE WHEN length(cell) - length(translate(cell, '0123456789', '')) >= 6
       THEN ARRAY['#' || regexp_replace(cell, '\D', '', 'g')] END
    || CASE WHEN position('@' IN cell) > 0
       THEN ARRAY(SELECT a[1]
         FROM regexp_matches(lower(cell), '[[:alnum:]]*@[[:alnum:]-]+', 'g') a) END) AS sign
  WHERE cell <> '')
$$;"""
INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS import_reject_signs ON import_reject
USING gin (reject_signs(cells))"""


class Migration(migrations.Migration):
    """Made by hand: Django has no words for functions. The index is built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("contacts", "0031_own_numbers")]
    operations: ClassVar = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION reject_signs(jsonb)"),
        migrations.RunSQL(INDEX, "DROP INDEX import_reject_signs"),
        migrations.RunSQL("ANALYZE import_reject", migrations.RunSQL.noop),
    ]
