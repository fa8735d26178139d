"""Why rows were refused is kept so that it can be said in any language."""

from typing import ClassVar

from django.db import migrations, models

KEEP = """
ALTER TABLE import_reject ALTER COLUMN reason TYPE jsonb
  USING jsonb_build_array(jsonb_build_object('text', reason));
ALTER TABLE import_reject RENAME COLUMN reason TO reasons"""
BACK = """
ALTER TABLE import_reject RENAME COLUMN reasons TO reason;
ALTER TABLE import_reject ALTER COLUMN reason TYPE text USING reason -> 0 ->> 'text'"""


class Migration(migrations.Migration):
    """A sentence becomes a list of what it is made of; older ones stay as they were said."""

    dependencies: ClassVar = [("contacts", "0007_search")]

    operations: ClassVar = [
        migrations.RunSQL(
            KEEP,
            BACK,
            state_operations=[
                migrations.RemoveField("importreject", "reason"),
                migrations.AddField("importreject", "reasons", models.JSONField(default=list)),
            ],
        ),
    ]
