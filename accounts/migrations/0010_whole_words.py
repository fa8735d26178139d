"""Values that were cut in the trail end with a whole word: a piece of an address is nobody's."""

from typing import ClassVar

from django.db import migrations

# As `kernel.trail.shortened` does; 500 signs and a mark were kept.
CUT = """
UPDATE audit_entry SET {side} = (
  SELECT jsonb_object_agg(key, CASE
    WHEN jsonb_typeof(value) = 'string' AND length(value #>> '{{}}') = 501
      AND value #>> '{{}}' LIKE '%…'
    THEN to_jsonb(regexp_replace(value #>> '{{}}', '[^[:space:]"''<>(),;|]{{1,255}}…$', '…'))
    ELSE value END)
  FROM jsonb_each({side}))
WHERE {side}::text LIKE '%…"%'"""


class Migration(migrations.Migration):
    """Made by hand: what is forgotten does not come back."""

    dependencies: ClassVar = [("accounts", "0009_words_are_found")]
    operations: ClassVar = [
        migrations.RunSQL(CUT.format(side=side), migrations.RunSQL.noop)
        for side in ("before", "after")
    ]
