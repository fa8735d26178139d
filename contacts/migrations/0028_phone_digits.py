"""People are found by their phone numbers, in whatever way these are written, through indexes."""

from typing import ClassVar

from django.db import migrations

# PostgreSQL puts the body in place of the call, so that an index on it costs no call.
FUNCTION = """
CREATE OR REPLACE FUNCTION contact_digits(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT regexp_replace(replace($1, '(0)', ''), '[^0-9]', '', 'g') $$;
"""
INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_{0}_digits ON contact (contact_digits({0}))
WHERE {0} IS NOT NULL"""


class Migration(migrations.Migration):
    """Made by hand: Django has no words for functions. Indexes are built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("contacts", "0027_import_changed")]
    operations: ClassVar = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION contact_digits(text)"),
        migrations.RunSQL(INDEX.format("mobile"), "DROP INDEX contact_mobile_digits"),
        migrations.RunSQL(INDEX.format("phone"), "DROP INDEX contact_phone_digits"),
        migrations.RunSQL("ANALYZE contact", migrations.RunSQL.noop),
    ]
