"""Why rows were refused is kept so that it can be said in any language."""

from typing import Any, ClassVar

from django.db import migrations, models

# Adding and dropping columns touches the catalogue alone; what lies between is done in slices,
# each a transaction of its own: a table of millions is never rewritten under one lock. Broken off
# in the middle it is begun anew.
SLICE = 20_000
ADD = "ALTER TABLE import_reject ADD COLUMN IF NOT EXISTS reasons jsonb NOT NULL DEFAULT '[]'"
MOVE = """
WITH slice AS (
  SELECT import_id, line FROM import_reject WHERE (import_id, line) > (%s, %s)
  ORDER BY import_id, line LIMIT %s),
moved AS (
  UPDATE import_reject r
  SET reasons = jsonb_build_array(jsonb_build_object('text', r.reason))
  FROM slice WHERE (r.import_id, r.line) = (slice.import_id, slice.line))
SELECT import_id, line FROM slice ORDER BY 1 DESC, 2 DESC LIMIT 1"""
DROP = "ALTER TABLE import_reject ALTER COLUMN reasons DROP DEFAULT, DROP COLUMN reason"
BACK = """
ALTER TABLE import_reject ADD COLUMN reason text NOT NULL DEFAULT '';
UPDATE import_reject SET reason = coalesce(reasons -> 0 ->> 'text', '');
ALTER TABLE import_reject ALTER COLUMN reason DROP DEFAULT, DROP COLUMN reasons"""


def move(_apps: Any, editor: Any) -> None:
    """Write the sentence of each row as a list of one, slice by slice."""
    last: tuple[int, int] | None = (0, 0)
    with editor.connection.cursor() as cursor:
        while last is not None:
            cursor.execute(MOVE, [*last, SLICE])
            last = cursor.fetchone()


class Migration(migrations.Migration):
    """A sentence becomes a list of what it is made of; older ones stay as they were said."""

    atomic = False
    dependencies: ClassVar = [("contacts", "0007_search")]

    operations: ClassVar = [
        migrations.RunSQL(ADD, migrations.RunSQL.noop),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RunSQL(
            DROP,
            BACK,
            state_operations=[
                migrations.RemoveField("importreject", "reason"),
                migrations.AddField("importreject", "reasons", models.JSONField(default=list)),
            ],
        ),
    ]
